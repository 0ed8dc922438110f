package io.lorahub.storage.s3;

import io.lorahub.storage.object.StorageException;
import io.minio.AbortMultipartUploadArgs;
import io.minio.CompleteMultipartUploadArgs;
import io.minio.CreateMultipartUploadArgs;
import io.minio.Http;
import io.minio.messages.Part;
import java.util.List;
import java.util.function.Function;

/** An object that is written in parts: it appears when all of them are there, or never. */
final class S3Parts {

    private final S3Connection connection;
    private final String key;
    private final String uploadId;

    private S3Parts(S3Connection connection, String key, String uploadId) {
        this.connection = connection;
        this.key = key;
        this.uploadId = uploadId;
    }

    /** @param parts writes all parts of the upload whose id it is given */
    static void write(S3Connection connection, String key, Http.Headers headers, Function<String, List<Part>> parts) {
        CreateMultipartUploadArgs args = CreateMultipartUploadArgs.builder()
                .bucket(connection.bucket)
                .object(key)
                .headers(headers)
                .build();
        String uploadId = connection
                .await("write", key, connection.client.createMultipartUpload(args))
                .result()
                .uploadId();
        S3Parts upload = new S3Parts(connection, key, uploadId);
        try {
            upload.complete(parts.apply(uploadId));
        } catch (RuntimeException | Error e) {
            upload.abort(e);
            throw e;
        }
    }

    private void complete(List<Part> parts) {
        CompleteMultipartUploadArgs args = CompleteMultipartUploadArgs.builder()
                .bucket(connection.bucket)
                .object(key)
                .uploadId(uploadId)
                .parts(parts.toArray(Part[]::new))
                .build();
        connection.await("write", key, connection.client.completeMultipartUpload(args));
    }

    private void abort(Throwable reason) {
        AbortMultipartUploadArgs args = AbortMultipartUploadArgs.builder()
                .bucket(connection.bucket)
                .object(key)
                .uploadId(uploadId)
                .build();
        try {
            connection.await("give up", key, connection.client.abortMultipartUpload(args));
        } catch (StorageException e) {
            reason.addSuppressed(e);
        }
    }
}
