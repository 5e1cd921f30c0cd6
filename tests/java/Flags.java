// SPDX-License-Identifier: Apache-2.0
import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Paths;

/** Asks the JVM that it runs in for the flags it is given, and the kernel for its limit on cores. */
public class Flags {
	public static void main(String[] args) throws IOException {
		HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
		for (String name : args) {
			String value;
			try {
				value = vm.getVMOption(name).getValue();
			} catch (IllegalArgumentException e) {
				value = "absent";
			}
			System.out.println(name + " " + value);
		}
		for (String line : Files.readAllLines(Paths.get("/proc/self/limits")))
			if (line.startsWith("Max core file size"))
				System.out.println("core " + line.split(" {2,}")[1]);
	}
}
