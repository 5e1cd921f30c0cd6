// SPDX-License-Identifier: Apache-2.0
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import sun.misc.Unsafe;

/** Runs out of the kind of memory that its argument names; nobody catches the error. */
public class Oom {
	private static final List<Object> kept = new ArrayList<>();

	public static void main(String[] args) throws Throwable {
		switch (args[0]) {
		case "heap":
			while (true)
				kept.add(new byte[64 * 1024]);
		case "gc-overhead": // collections of much that lives and is small
			for (Object[] last = null;; last = new Object[] { last, new int[2] })
				kept.add(last);
		case "metaspace":
		case "class-space":
			classes();
			break;
		case "array":
			kept.add(new long[Integer.MAX_VALUE]);
			break;
		case "thread":
			threads();
			break;
		case "direct":
			while (true)
				kept.add(ByteBuffer.allocateDirect(1024 * 1024));
		case "unsafe":
			kept.add(unsafe().allocateMemory(1L << 62));
			break;
		case "native":
			nothingLeft();
			break;
		case "map":
			map(args[1]);
			break;
		case "thrown":
			throw new OutOfMemoryError("made by Java code");
		default:
			throw new IllegalArgumentException(args[0]);
		}
	}

	/** Is loaded again and again, each time by a loader of its own. */
	public static class Victim {
		int a, b, c;
		void one() { a++; }
		void two() { b++; }
	}

	private static class Loader extends ClassLoader {
		Class<?> define(byte[] code) {
			return defineClass("Oom$Victim", code, 0, code.length);
		}
	}

	private static void classes() throws Exception {
		ByteArrayOutputStream code = new ByteArrayOutputStream();
		try (InputStream in = Oom.class.getResourceAsStream("Oom$Victim.class")) {
			for (int b; (b = in.read()) >= 0;)
				code.write(b);
		}
		while (true)
			kept.add(new Loader().define(code.toByteArray()).newInstance());
	}

	private static void threads() {
		try {
			while (true) {
				Thread t = new Thread(() -> {
					try {
						Thread.sleep(60000);
					} catch (InterruptedException e) {
					}
				});
				t.setDaemon(true); // nobody waits for them
				t.start();
			}
		} finally {
			System.out.println("no more threads");
		}
	}

	private static Unsafe unsafe() throws Exception {
		Field field = Unsafe.class.getDeclaredField("theUnsafe");
		field.setAccessible(true);
		return (Unsafe) field.get(null);
	}

	/** Takes what the system gives, to the last bytes; then the JVM needs some for itself. */
	private static void nothingLeft() throws Exception {
		Unsafe unsafe = unsafe();
		for (long size = 64 << 20; size >= 16; size /= 2) {
			try {
				while (true)
					unsafe.allocateMemory(size);
			} catch (OutOfMemoryError e) {
				continue;
			}
		}
		classes();
	}

	/** The file has no blocks; it is the addresses that run out. */
	private static void map(String path) throws Throwable {
		try (RandomAccessFile file = new RandomAccessFile(path, "rw")) {
			file.setLength(1L << 30);
			while (true)
				kept.add(file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, 1L << 30));
		} catch (java.io.IOException e) {
			throw e.getCause() == null ? e : e.getCause();
		}
	}
}
