package io.lorahub.testsupport.server;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A real MinIO, where one is installed. */
public final class MinioServer {

    /** Why a test that needs one is skipped. */
    public static final String MISSING = "There is no minio on the PATH or in ~/go/bin;"
            + " `go install github.com/minio/minio@latest` puts one there.";

    private static S3Server shared;

    private MinioServer() {}

    /** One serves all tests of this JVM. */
    public static synchronized Optional<S3Server> shared() {
        if (shared == null) GoPrograms.find("minio").ifPresent(program -> shared = start(program));
        return Optional.ofNullable(shared);
    }

    private static S3Server start(Path program) {
        Path folder = ServerProcess.newFolder("minio");
        String address = "127.0.0.1:" + ServerProcess.freePort();
        S3Server server = new S3Server("http://" + address, "minio-user", "minio-secret");
        List<String> command =
                List.of(program.toString(), "server", folder.resolve("data").toString(), "--address", address);
        Map<String, String> environment = Map.of(
                "MINIO_ROOT_USER",
                server.accessKey(),
                "MINIO_ROOT_PASSWORD",
                server.secretKey(),
                "MINIO_BROWSER",
                "off",
                "MINIO_UPDATE",
                "off");
        ServerProcess.start(folder, command, environment, URI.create(server.endpoint() + "/minio/health/ready"));
        return server;
    }
}
