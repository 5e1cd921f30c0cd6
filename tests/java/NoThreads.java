// SPDX-License-Identifier: Apache-2.0

/** Takes all threads that it can get: then none is left to serve a signal. */
public class NoThreads {
	public static void main(String[] args) throws Exception {
		Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("goodbye")));
		try {
			while (true) {
				Thread t = new Thread(() -> {
					try {
						Thread.sleep(600_000);
					} catch (InterruptedException e) {
						return;
					}
				});
				t.setDaemon(true);
				t.start();
			}
		} catch (OutOfMemoryError e) {
			System.out.println("up");
		}
		Thread.sleep(600_000);
	}
}
