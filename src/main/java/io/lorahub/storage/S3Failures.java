package io.lorahub.storage;

import io.minio.errors.ErrorResponseException;
import java.io.IOException;

/** Says in a sentence what S3 could not do. The server's own text and the access keys are no part of it. */
final class S3Failures {

    private final S3Settings settings;

    S3Failures(S3Settings settings) {
        this.settings = settings;
    }

    StorageException of(String what, String key, Throwable cause) {
        String code = code(cause);
        if (code.equals("NoSuchKey")) return new NoSuchObjectException(key);
        return new StorageException(
                "The object store (%s) did not %s %s: %s".formatted(settings, what, key, reason(code, cause)), cause);
    }

    /** The server's word for what went wrong; empty if there was no answer, or none in the words of S3. */
    static String code(Throwable cause) {
        if (cause instanceof ErrorResponseException e && e.errorResponse().code() != null) {
            return e.errorResponse().code();
        }
        return "";
    }

    private static String reason(String code, Throwable cause) {
        return switch (code) {
            case "" ->
                cause instanceof IOException
                        ? "it cannot be reached. See that it runs and that lorahub.storage.s3.endpoint is its address."
                        : "its answer was not one of S3. See that lorahub.storage.s3.endpoint is the address of S3.";
            case "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch" ->
                "it refused with %s. Check lorahub.storage.s3.access-key and secret-key and what they may do."
                        .formatted(code);
            case "NoSuchBucket" -> "the bucket is gone. Make it again, or restart, which makes it.";
            default -> "it answered %s. Its log says more.".formatted(code.replaceAll("\\W", "?"));
        };
    }
}
