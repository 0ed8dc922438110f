package io.lorahub.storage.s3;

import io.lorahub.storage.object.StorageConfig;
import io.lorahub.storage.object.StorageException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Location of the S3 bucket and its credentials.
 *
 * @param timeout for connecting, and for each wait for a response
 */
public record S3Settings(
        String endpoint, String bucket, String accessKey, String secretKey, String region, Duration timeout) {

    private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9-]{1,61}[a-z0-9]");

    public S3Settings {
        requireAddress(endpoint);
        if (!BUCKET.matcher(bucket).matches()) {
            throw new StorageException(("LORAHUB_STORAGE_S3_BUCKET is %s;"
                            + " a bucket's name has 3 to 63 of a-z, 0-9 and '-', and neither starts nor ends with '-'.")
                    .formatted(bucket));
        }
    }

    public static S3Settings of(StorageConfig.S3 config) {
        return new S3Settings(
                require(config.endpoint(), "endpoint"),
                config.bucket(),
                require(config.accessKey(), "access-key"),
                require(config.secretKey(), "secret-key"),
                config.region(),
                config.timeout());
    }

    private static String require(Optional<String> value, String name) {
        return value.orElseThrow(
                () -> new StorageException("LORAHUB_STORAGE_KIND is s3, but LORAHUB_STORAGE_S3_%s is not set."
                        .formatted(name.toUpperCase(Locale.ROOT).replace('-', '_'))));
    }

    private static void requireAddress(String endpoint) {
        try {
            URI uri = new URI(endpoint);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (web && uri.getHost() != null && uri.getUserInfo() == null) return;
        } catch (URISyntaxException e) {
            // reported below, without text that could be a password
        }
        throw new StorageException("LORAHUB_STORAGE_S3_ENDPOINT is not the address of an S3 server;"
                + " write it like https://s3.example.org or http://127.0.0.1:9000, with no user in it.");
    }

    /** Omits the secret. */
    @Override
    public String toString() {
        return "bucket %s at %s".formatted(bucket, endpoint);
    }
}
