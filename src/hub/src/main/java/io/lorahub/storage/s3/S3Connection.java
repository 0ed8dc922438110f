package io.lorahub.storage.s3;

import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.ThreadPools;
import io.minio.BucketExistsArgs;
import io.minio.Http;
import io.minio.MakeBucketArgs;
import io.minio.MinioAsyncClient;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/** The client for one bucket. It waits for all requests, so that their failures are reported uniformly. */
final class S3Connection {

    /** The HTTP client's own limit is 5 requests per server; here the callers limit themselves. */
    private static final int MAX_REQUESTS = 512;

    final MinioAsyncClient client;
    final String bucket;
    private final boolean encrypted;
    private final S3Failures failures;

    S3Connection(S3Settings settings) {
        bucket = settings.bucket();
        encrypted = settings.endpoint().startsWith("https:");
        failures = new S3Failures(settings);
        client = MinioAsyncClient.builder()
                .endpoint(settings.endpoint())
                .region(settings.region())
                .credentials(settings.accessKey(), settings.secretKey())
                .httpClient(http(settings))
                .build();
    }

    <T> T await(String what, String key, CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw failures.of(what, key, e.getCause());
        }
    }

    StorageException failure(String what, String key, Throwable e) {
        return failures.of(what, key, e);
    }

    boolean isEncrypted() {
        return encrypted;
    }

    void makeBucket() {
        if (hasBucket()) return;
        try {
            await(
                    "make",
                    "its bucket",
                    client.makeBucket(MakeBucketArgs.builder().bucket(bucket).build()));
        } catch (StorageException e) {
            // another process may have been faster
            if (!hasBucket()) throw e;
        }
    }

    private boolean hasBucket() {
        return await(
                "find",
                "its bucket",
                client.bucketExists(BucketExistsArgs.builder().bucket(bucket).build()));
    }

    /** Configured like the S3 client's own, but with daemon threads and Java's default trust store. */
    private static OkHttpClient http(S3Settings settings) {
        Dispatcher dispatcher = new Dispatcher(ThreadPools.THREADS);
        dispatcher.setMaxRequests(MAX_REQUESTS);
        dispatcher.setMaxRequestsPerHost(MAX_REQUESTS);
        return new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .addInterceptor(new Http.StatusRetryInterceptor())
                .dispatcher(dispatcher)
                .connectTimeout(settings.timeout())
                .readTimeout(settings.timeout())
                .writeTimeout(settings.timeout())
                .build();
    }
}
