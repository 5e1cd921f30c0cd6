// SPDX-License-Identifier: Apache-2.0

/** Prints one line on each stream. */
public class Hello {
	public static void main(String[] args) {
		System.out.println("Hello, " + (args.length > 0 ? args[0] : "world"));
		System.err.println("and goodbye");
	}
}
