package io.lorahub.storage.s3;

import io.lorahub.storage.object.HashingReader;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.ThreadPools;
import io.minio.Checksum;
import io.minio.Http;
import io.minio.PutObjectAPIArgs;
import io.minio.UploadPartArgs;
import io.minio.UploadPartResponse;
import io.minio.messages.Part;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Sends an input of unknown length to S3: a small one in a single request, a longer one in parts, some of which are
 * sent while the next is read. The caller's thread reads the input, so a slow input delays no other upload.
 */
final class S3Upload {

    /** Parts sent at the same time, each with its own buffer. */
    static final int PARTS = 3;

    private final S3Connection connection;
    private final String key;

    S3Upload(S3Connection connection, String key) {
        this.connection = connection;
        this.key = key;
    }

    /** @param partBytes size of a part; memory use is a few times this */
    StagedFile send(HashingReader intake, int partBytes) {
        ByteBuffer first = intake.next();
        if (first.remaining() < partBytes) {
            sendWhole(first);
        } else {
            S3Parts.write(connection, key, checksums(), uploadId -> sendParts(uploadId, first, intake));
        }
        return intake.staged(key);
    }

    private void sendWhole(ByteBuffer bytes) {
        PutObjectAPIArgs args = PutObjectAPIArgs.builder()
                .bucket(connection.bucket)
                .object(key)
                .data(bytes.array(), bytes.remaining())
                .build();
        connection.await("write", key, connection.client.putObject(args));
    }

    private List<Part> sendParts(String uploadId, ByteBuffer first, HashingReader intake) {
        List<Part> sent = new ArrayList<>();
        Queue<CompletableFuture<UploadPartResponse>> underway = new ArrayDeque<>();
        try {
            int number = 1;
            for (ByteBuffer bytes = first; bytes.hasRemaining(); bytes = intake.next()) {
                underway.add(sendPart(uploadId, number++, bytes));
                if (underway.size() == PARTS) sent.add(await(underway.remove()));
            }
            while (!underway.isEmpty()) sent.add(await(underway.remove()));
            return sent;
        } finally {
            // a part that arrives after its upload was aborted would remain on the server
            underway.forEach(
                    part -> part.handle((response, failure) -> response).join());
        }
    }

    private Part await(CompletableFuture<UploadPartResponse> part) {
        return connection.await("write", key, part).part();
    }

    /** Runs entirely in the background, because the client first hashes the part. */
    private CompletableFuture<UploadPartResponse> sendPart(String uploadId, int number, ByteBuffer bytes) {
        UploadPartArgs args = UploadPartArgs.builder()
                .bucket(connection.bucket)
                .object(key)
                .uploadId(uploadId)
                .partNumber(number)
                .data(bytes.array(), bytes.remaining())
                .build();
        return CompletableFuture.supplyAsync(() -> connection.client.uploadPart(args), ThreadPools.THREADS)
                .thenCompose(Function.identity());
    }

    /** The client sends a checksum with each part anyway; S3 must know the algorithm in advance. */
    private Http.Headers checksums() {
        Checksum.Algorithm algorithm = connection.isEncrypted() ? Checksum.Algorithm.CRC32C : Checksum.Algorithm.SHA256;
        return new Http.Headers("x-amz-checksum-algorithm", algorithm.toString());
    }
}
