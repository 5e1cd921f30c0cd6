// SPDX-License-Identifier: Apache-2.0
import java.lang.reflect.Field;

/** Uses memory outside the heap until something ends it, or as many MiB as it is given. */
public class Native {
	public static void main(String[] args) throws Exception {
		Field field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
		field.setAccessible(true);
		sun.misc.Unsafe unsafe = (sun.misc.Unsafe) field.get(null);
		int most = args.length > 0 ? Integer.parseInt(args[0]) : 1 << 14;

		for (int i = 0; i < most; i++)
			unsafe.setMemory(unsafe.allocateMemory(1 << 20), 1 << 20, (byte) 1);
		System.out.println("done");
	}
}
