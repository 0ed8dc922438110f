package io.lorahub.bench.soak;

import io.lorahub.bench.hub.HubUnderTest;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.process.OtherProgram;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An object store with the protocol and the signatures of S3, over a folder: the one that the tests use. */
final class S3Proxy implements AutoCloseable {

    private static final String ACCESS_KEY = "soak";
    private static final String SECRET_KEY = "soak-secret";
    private static final int ATTEMPTS = 1200;

    private final Process process;
    private final InetSocketAddress address;

    S3Proxy(Path folder) throws IOException, InterruptedException {
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), freePort());
        Path settings = Files.writeString(Files.createDirectories(folder).resolve("s3proxy.conf"), """
                s3proxy.endpoint=http://127.0.0.1:%d
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=filesystem-nio2
                jclouds.filesystem.basedir=%s
                """.formatted(
                        address.getPort(), ACCESS_KEY, SECRET_KEY, Files.createDirectories(folder.resolve("data"))));
        List<String> command = JavaProcess.command(
                List.of("-Xmx256m", "-Dorg.slf4j.simpleLogger.logFile=" + folder.resolve("own.log")),
                classPath(),
                "org.gaul.s3proxy.Main",
                "--properties",
                settings.toString());
        Path log = folder.resolve("s3proxy.log");
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        for (int i = 0; i < ATTEMPTS && !answers(); i++) {
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new EngineException(
                        "The object store did not start; it said: %s".formatted(Files.readString(log)));
            }
        }
    }

    /** Maven writes it where it compiles tests; in a checkout that has none compiled, here. */
    private static String classPath() throws IOException {
        Path checkout = HubUnderTest.program().resolve("../../..").normalize();
        Path file = checkout.resolve("target/s3proxy.classpath");
        if (!Files.exists(file)) {
            OtherProgram.run(
                    checkout,
                    List.of(
                            "mvn",
                            "-q",
                            "-B",
                            "-Dstyle.color=never",
                            "-Dmaven.test.skip",
                            "-Ps3proxy",
                            "process-test-resources",
                            "-pl",
                            "src/hub",
                            "-am"));
        }
        return Files.readString(file).strip();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    InetSocketAddress address() {
        return address;
    }

    /** @param port that leads to it */
    static Map<String, String> settings(int port) {
        return Map.of(
                "LORAHUB_STORAGE_KIND",
                "s3",
                "LORAHUB_STORAGE_S3_ENDPOINT",
                "http://127.0.0.1:" + port,
                "LORAHUB_STORAGE_S3_BUCKET",
                "soak",
                "LORAHUB_STORAGE_S3_ACCESS_KEY",
                ACCESS_KEY,
                "LORAHUB_STORAGE_S3_SECRET_KEY",
                SECRET_KEY);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
