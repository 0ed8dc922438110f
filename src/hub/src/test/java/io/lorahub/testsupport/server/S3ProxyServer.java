package io.lorahub.testsupport.server;

import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** S3Proxy: the protocol and the signatures of S3, over a folder. It runs beside the tests, as its libraries clash. */
public final class S3ProxyServer {

    private static S3Server shared;

    private final Path folder = ServerProcess.newFolder("s3proxy");
    private final URI endpoint = URI.create("http://127.0.0.1:" + ServerProcess.freePort());
    private final S3Server server = new S3Server(endpoint.toString(), "s3proxy-user", "s3proxy-secret");
    private ServerProcess process;

    /** One of a test's own, which it starts, kills and starts again. */
    public S3ProxyServer() {}

    /** One serves all tests of this JVM. */
    public static synchronized S3Server shared() {
        if (shared == null) shared = new S3ProxyServer().start();
        return shared;
    }

    /** Answers when this returns, with what it had before. */
    public S3Server start() {
        try {
            Path settings = Files.writeString(folder.resolve("s3proxy.conf"), settings(server, folder));
            List<String> command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx256m",
                    // to a file, as S3Proxy sends standard output to its log
                    "-Dorg.slf4j.simpleLogger.logFile=" + folder.resolve("server-own.log"),
                    "-cp",
                    classPath(),
                    "org.gaul.s3proxy.Main",
                    "--properties",
                    settings.toString());
            process = ServerProcess.start(folder, command, Map.of(), endpoint);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return server;
    }

    public void kill() {
        process.kill();
    }

    private static String settings(S3Server server, Path folder) throws IOException {
        return """
                s3proxy.endpoint=%s
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=filesystem-nio2
                jclouds.filesystem.basedir=%s
                """.formatted(
                        server.endpoint(),
                        server.accessKey(),
                        server.secretKey(),
                        Files.createDirectories(folder.resolve("data")));
    }

    private static String classPath() throws IOException {
        Path file = Checkout.path("target/s3proxy.classpath");
        if (!Files.exists(file)) {
            throw new IllegalStateException(file + " is not there; `mvn test-compile` writes it.");
        }
        return Files.readString(file).strip();
    }
}
