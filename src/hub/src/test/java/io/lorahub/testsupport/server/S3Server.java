package io.lorahub.testsupport.server;

import java.util.Map;

/** A server that speaks S3, for tests; each of them uses a bucket of its own. */
public record S3Server(String endpoint, String accessKey, String secretKey) {

    /** What makes the application keep its objects there. */
    public Map<String, String> settings(String bucket) {
        return Map.of(
                "lorahub.storage.kind", "s3",
                "lorahub.storage.s3.endpoint", endpoint,
                "lorahub.storage.s3.bucket", bucket,
                "lorahub.storage.s3.access-key", accessKey,
                "lorahub.storage.s3.secret-key", secretKey);
    }
}
