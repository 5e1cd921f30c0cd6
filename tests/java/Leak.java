// SPDX-License-Identifier: Apache-2.0
import java.util.ArrayList;
import java.util.List;

/** Keeps whatever it makes until the Java heap is full. */
public class Leak {
	private static final List<byte[]> kept = new ArrayList<>();

	public static void main(String[] args) {
		while (true)
			kept.add(new byte[64 * 1024]);
	}
}
