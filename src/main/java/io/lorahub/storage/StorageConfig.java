package io.lorahub.storage;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where uploaded files are kept. */
@ConfigMapping(prefix = "lorahub.storage")
public interface StorageConfig {

    @WithDefault("directory")
    Kind kind();

    /** The folder of the kind {@code directory}; it is made if it is not there. */
    @WithDefault("lorahub-data/objects")
    Path directory();

    /** New work is refused where less than this would be left on a disk that the hub writes to. */
    @WithDefault("2G")
    MemorySize freeSpace();

    /** The server of the kind {@code s3}. */
    S3 s3();

    enum Kind {
        /** A folder of this machine. */
        DIRECTORY,
        /** MinIO, Amazon S3 or another server that speaks S3. */
        S3
    }

    interface S3 {

        /** Such as {@code https://s3.example.org} or {@code http://minio:9000}. */
        Optional<String> endpoint();

        /** It is made at the start if it is not there. */
        @WithDefault("lorahub")
        String bucket();

        Optional<String> accessKey();

        Optional<String> secretKey();

        @WithDefault("us-east-1")
        String region();

        /** How long to wait for a connection, and each time for an answer. */
        @WithDefault("60s")
        Duration timeout();
    }
}
