// SPDX-License-Identifier: Apache-2.0
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Random;

/**
 * CrashOnce FILE MIB: says when its main began (ms since the epoch), then crashes with so much random, not
 * compressible memory in its heap; where FILE is there already it sleeps instead.
 */
public class CrashOnce {
	static byte[][] ballast;

	public static void main(String[] args) throws Exception {
		System.out.println("main " + System.currentTimeMillis());
		Path file = Paths.get(args[0]);
		if (Files.exists(file)) {
			Thread.sleep(60_000);
			return;
		}
		Files.createFile(file);
		ballast = new byte[4 * Integer.parseInt(args[1])][1 << 18];
		Random random = new Random(1);
		for (byte[] piece : ballast)
			random.nextBytes(piece);
		Crash.main(args);
	}
}
