// SPDX-License-Identifier: Apache-2.0
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Plays a service: tells what it got and when it began, runs a command, takes native memory, waits. */
public class Service {
	private static final List<ByteBuffer> kept = new ArrayList<>();

	public static void main(String[] args) throws Exception {
		for (String arg : args) {
			if (arg.equals("listen"))
				System.out.println("LISTEN_FDS=" + System.getenv("LISTEN_FDS") + " LISTEN_PID=" +
						System.getenv("LISTEN_PID") + " fd 3 " +
						Files.readSymbolicLink(Paths.get("/proc/self/fd/3")));
			else if (arg.startsWith("native="))
				for (int i = Integer.parseInt(arg.substring(7)); i > 0; i--)
					take();
			else if (arg.startsWith("sleep="))
				Thread.sleep(Long.parseLong(arg.substring(6)));
			else if (arg.startsWith("mark="))
				Files.write(Paths.get(arg.substring(5)), (System.nanoTime() + " " +
						Files.readSymbolicLink(Paths.get("/proc/self")) + "\n").getBytes(),
						StandardOpenOption.CREATE, StandardOpenOption.APPEND);
			else if (arg.startsWith("once=")) {
				if (!new java.io.File(arg.substring(5)).createNewFile())
					break;
			} else
				new ProcessBuilder("/bin/sh", "-c", arg).inheritIO().start().waitFor();
		}
		System.out.println("up");
		Thread.sleep(600000);
	}

	private static void take() {
		ByteBuffer megabyte = ByteBuffer.allocateDirect(1 << 20);
		for (int i = 0; i < megabyte.capacity(); i += 4096)
			megabyte.put(i, (byte) 1);
		kept.add(megabyte);
	}
}
