package io.lorahub.storage.s3;

import io.minio.ComposeObjectArgs;
import io.minio.CopyObjectArgs;
import io.minio.Http;
import io.minio.SourceObject;
import io.minio.UploadPartCopyArgs;
import io.minio.messages.Part;
import java.util.ArrayList;
import java.util.List;

/** A copy made by the server. S3 copies at most 5 GB at a time and responds only when it has finished. */
final class S3Copy {

    private final S3Connection connection;
    private final long partBytes;

    /** @param partBytes at least 5 MiB; larger objects are copied in parts of this size */
    S3Copy(S3Connection connection, long partBytes) {
        this.connection = connection;
        this.partBytes = partBytes;
    }

    void copy(String from, long size, String to) {
        if (size <= partBytes) {
            copyWhole(from, to);
        } else {
            S3Parts.write(connection, to, new Http.Headers(), uploadId -> copyParts(from, size, to, uploadId));
        }
    }

    private void copyWhole(String from, String to) {
        CopyObjectArgs args = CopyObjectArgs.builder()
                .bucket(connection.bucket)
                .object(to)
                .source(source(from))
                .build();
        connection.await("copy", from, connection.client.copyObject(args));
    }

    private List<Part> copyParts(String from, long size, String to, String uploadId) {
        // the client's UploadPartCopyArgs builder is broken in version 9.0.4
        ComposeObjectArgs target = ComposeObjectArgs.builder()
                .bucket(connection.bucket)
                .object(to)
                .sources(List.of(source(from)))
                .build();
        List<Part> parts = new ArrayList<>();
        for (long start = 0; start < size; start += partBytes) {
            long end = Math.min(start + partBytes, size);
            UploadPartCopyArgs args =
                    new UploadPartCopyArgs(target, uploadId, parts.size() + 1, range(from, start, end));
            parts.add(connection
                    .await("copy", from, connection.client.uploadPartCopy(args))
                    .part());
        }
        return parts;
    }

    private SourceObject source(String from) {
        return SourceObject.builder().bucket(connection.bucket).object(from).build();
    }

    private Http.Headers range(String from, long start, long end) {
        return new Http.Headers(
                "x-amz-copy-source", "/%s/%s".formatted(connection.bucket, from),
                "x-amz-copy-source-range", "bytes=%d-%d".formatted(start, end - 1));
    }
}
