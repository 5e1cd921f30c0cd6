// SPDX-License-Identifier: Apache-2.0
package probe;

import java.util.Map;

/**
 * Prints what reached the program: "arg TEXT" for each argument, "property NAME=TEXT" for each system property and
 * "end", one a line, every character but visible ASCII as \\uXXXX.
 */
public class Probe {
	private static void put(StringBuilder out, String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			if (c > ' ' && c < 127 && c != '\\')
				out.append(c);
			else
				out.append("\\u").append(Integer.toHexString(0x10000 | c).substring(1));
		}
	}

	public static void main(String[] args) {
		StringBuilder out = new StringBuilder("probe\n");
		for (String arg : args) {
			out.append("arg ");
			put(out, arg);
			out.append('\n');
		}
		for (Map.Entry<Object, Object> e : System.getProperties().entrySet()) {
			out.append("property ");
			put(out, e.getKey() + "=" + e.getValue());
			out.append('\n');
		}
		System.out.println(out.append("end"));
	}
}
