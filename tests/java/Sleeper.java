// SPDX-License-Identifier: Apache-2.0

/** Says that it is up, sleeps a minute or the seconds it is given, and has a shutdown hook that says goodbye. */
public class Sleeper {
	public static void main(String[] args) throws Exception {
		Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("goodbye")));
		System.out.println("up");
		Thread.sleep(1000L * (args.length > 0 ? Integer.parseInt(args[0]) : 60));
	}
}
