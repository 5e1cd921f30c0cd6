// SPDX-License-Identifier: Apache-2.0
import java.lang.reflect.Field;
import sun.misc.Unsafe;

/** Writes to an address that is not there: a segmentation fault inside the VM. */
public class Crash {
	public static void main(String[] args) throws Exception {
		Field field = Unsafe.class.getDeclaredField("theUnsafe");
		field.setAccessible(true);
		((Unsafe) field.get(null)).putInt(8L, 1);
	}
}
