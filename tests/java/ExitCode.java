// SPDX-License-Identifier: Apache-2.0

/** Ends with the exit code of its argument, or by an exception without one. */
public class ExitCode {
	public static void main(String[] args) {
		if (args.length == 0)
			throw new IllegalStateException("nobody catches this");
		System.exit(Integer.parseInt(args[0]));
	}
}
