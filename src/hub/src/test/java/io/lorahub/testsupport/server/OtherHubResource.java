package io.lorahub.testsupport.server;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Allows imports from two ports of this machine, on which tests start an {@link OtherHub}, and from a third one by a name
 * that leads to a private address.
 */
public final class OtherHubResource implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        List<Integer> ports = IntStream.range(0, 3).mapToObj(i -> freePort()).toList();
        return Map.of(
                "lorahub.imports.hosts",
                "http://127.0.0.1:%d,http://127.0.0.1:%d,http://localhost:%d"
                        .formatted(ports.get(0), ports.get(1), ports.get(2)));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        // nothing runs
    }
}
