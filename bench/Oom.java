// SPDX-License-Identifier: Apache-2.0
import java.io.File;
import java.util.ArrayList;
import java.util.List;

/** At its first start fills the heap with many small objects; at the second one, told by a file, ends. */
public class Oom {
	private static final List<Object[]> kept = new ArrayList<>();

	public static void main(String[] args) throws Exception {
		System.out.println("main");
		if (!new File(args[0]).createNewFile())
			return;
		while (true) {
			Object[] some = new Object[64];
			for (int i = 0; i < some.length; i++)
				some[i] = new byte[48];
			kept.add(some);
		}
	}
}
