package io.lorahub.storage.object;

import io.lorahub.settings.Accepts;
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

    /** Folder for the kind {@code directory}; created if missing. */
    @WithDefault("lorahub-data/objects")
    Path directory();

    /** New work is refused if it would leave less than this on a disk that the hub writes to. */
    @WithDefault("2G")
    MemorySize freeSpace();

    /** Server for the kind {@code s3}. */
    S3 s3();

    enum Kind {
        /** A local folder. */
        DIRECTORY,
        /** MinIO, Amazon S3 or another S3-compatible server. */
        S3
    }

    interface S3 {

        /** URL such as {@code https://s3.example.org} or {@code http://minio:9000}. */
        @Accepts(pattern = "https?://[^\\s/?#]\\S*", words = "an address such as https://hub.example.org")
        Optional<String> endpoint();

        /** Name of the bucket; created at startup if missing. */
        @WithDefault("lorahub")
        String bucket();

        Optional<String> accessKey();

        Optional<String> secretKey();

        @WithDefault("us-east-1")
        String region();

        /** Timeout for connecting, and for each response. */
        @WithDefault("60s")
        Duration timeout();
    }
}
