package io.lorahub.storage.s3;

import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoreFullException;
import io.lorahub.storage.object.StoreUnavailableException;
import io.minio.errors.ErrorResponseException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Set;

/** Describes S3 failures in a sentence, without the server's own text or access keys. */
final class S3Failures {

    private static final Set<String> REFUSED = Set.of("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch");

    /** Codes for a full store or an exhausted quota, from Amazon, MinIO and other servers. */
    private static final Set<String> FULL =
            Set.of("InsufficientCapacity", "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded");

    /** Refusals unrelated to the requested object. */
    private static final Set<String> OUTAGES =
            Set.of("NoSuchBucket", "RequestTimeTooSkewed", "RequestTimeout", "SlowDown", "ServiceUnavailable");

    private final S3Settings settings;

    S3Failures(S3Settings settings) {
        this.settings = settings;
    }

    StorageException of(String what, String key, Throwable cause) {
        String code = code(cause);
        if (code.equals("NoSuchKey")) return new NoSuchObjectException(key);
        String sentence = "The object store (%s) did not %s %s: %s".formatted(settings, what, key, reason(code, cause));
        if (FULL.contains(code) || status(cause) == 507) return new StoreFullException(sentence, cause);
        return isOutage(code, cause)
                ? new StoreUnavailableException(sentence, cause)
                : new StorageException(sentence, cause);
    }

    /** The server's error code; empty if there was no response, or not one in S3's format. */
    static String code(Throwable cause) {
        if (cause instanceof ErrorResponseException e && e.errorResponse().code() != null) {
            return e.errorResponse().code();
        }
        return "";
    }

    private static boolean isOutage(String code, Throwable cause) {
        return code.isEmpty() || REFUSED.contains(code) || OUTAGES.contains(code) || status(cause) >= 500;
    }

    /** Status of the response; 0 if there was none. */
    private static int status(Throwable cause) {
        return cause instanceof ErrorResponseException e && e.response() != null
                ? e.response().code()
                : 0;
    }

    private static String reason(String code, Throwable cause) {
        if (REFUSED.contains(code)) {
            return "it refused with %s. Check LORAHUB_STORAGE_S3_ACCESS_KEY, LORAHUB_STORAGE_S3_SECRET_KEY and their permissions."
                    .formatted(code);
        }
        if (FULL.contains(code)) return "it has no space left (%s). Make room, or raise its quota.".formatted(code);
        return switch (code) {
            case "" -> unanswered(cause);
            case "NoSuchBucket" -> "the bucket is gone. Create it again, or restart LoraHub, which creates it.";
            default -> "it answered %s. Its log says more.".formatted(code.replaceAll("\\W", "?"));
        };
    }

    private static String unanswered(Throwable cause) {
        if (cause instanceof InterruptedIOException) {
            return "it did not answer in time. Check its load; LORAHUB_STORAGE_S3_TIMEOUT sets how long to wait.";
        }
        return cause instanceof IOException
                ? "it cannot be reached. Check that it is running and that LORAHUB_STORAGE_S3_ENDPOINT is its address."
                : "its answer is not S3's. Check that LORAHUB_STORAGE_S3_ENDPOINT is the address of an S3 server.";
    }
}
