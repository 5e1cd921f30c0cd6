// SPDX-License-Identifier: Apache-2.0
import java.util.ArrayList;
import java.util.List;

/** Fills the heap, catches the error and goes on as if nothing were the matter. */
public class CatchOom {
	public static void main(String[] args) {
		List<byte[]> kept = new ArrayList<>();
		try {
			while (true)
				kept.add(new byte[64 * 1024]);
		} catch (OutOfMemoryError e) {
			kept = null;
		}
		System.out.println("went on");
	}
}
