// SPDX-License-Identifier: Apache-2.0

/** Says that it is up, sleeps a minute, and has a shutdown hook that says goodbye. */
public class Sleeper {
	public static void main(String[] args) throws Exception {
		Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("goodbye")));
		System.out.println("up");
		Thread.sleep(60_000);
	}
}
