// SPDX-License-Identifier: Apache-2.0
import java.net.InetAddress;
import java.net.ServerSocket;

/** Binds the first free one of the ports up to the second argument, on 127.0.0.1. */
public class Bind {
    public static void main(String[] args) throws Exception {
        Exception last = null;
        for (int port = Integer.parseInt(args[0]); port <= Integer.parseInt(args[1]); port++) {
            try (ServerSocket s = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
                System.out.println("bound " + s.getLocalPort() + " as " + System.getProperty("user.name"));
                return;
            } catch (java.net.BindException e) {
                last = e;
            }
        }
        System.out.println("not bound: " + last.getMessage());
    }
}
