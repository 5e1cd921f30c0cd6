// SPDX-License-Identifier: Apache-2.0

/** Prints each argument as the hexadecimal of its characters, and what -Dx and -Dy are. */
public class Args {
	public static void main(String[] args) {
		System.out.println(args.length);
		for (String arg : args) {
			StringBuilder line = new StringBuilder("[");
			for (char c : arg.toCharArray())
				line.append(String.format("%04x", (int) c));
			System.out.println(line.append(']'));
		}
		System.out.println(System.getProperty("x") + " " + System.getProperty("y"));
	}
}
