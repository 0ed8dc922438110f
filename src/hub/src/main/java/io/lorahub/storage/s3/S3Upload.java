package io.lorahub.storage.s3;

import io.lorahub.storage.object.HashingReader;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.ThreadPools;
import io.minio.Checksum;
import io.minio.Http;
import io.minio.PutObjectAPIArgs;
import io.minio.UploadPartArgs;
import io.minio.UploadPartResponse;
import io.minio.messages.Part;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Sends an input of unknown length to S3: a small one from memory in a single request, a longer one in parts, some of
 * which are sent while the next is read. The caller's thread reads the input, so a slow input delays no other upload.
 *
 * <p>A part has to be complete before S3 takes it, and a hub receives many files at once, from senders as slow as they
 * like. So parts wait on disk, not in memory.
 */
final class S3Upload {

    /** Parts sent at the same time. */
    private static final int PARTS = 3;

    private final S3Connection connection;
    private final String key;
    private final int partBytes;

    /** @param partBytes size of a part */
    S3Upload(S3Connection connection, String key, int partBytes) {
        this.connection = connection;
        this.key = key;
        this.partBytes = partBytes;
    }

    /** @param chunkBytes size of the chunks of the input; a shorter input is sent from memory */
    StagedFile send(HashingReader intake, int chunkBytes) {
        ByteBuffer first = intake.next();
        if (first.remaining() < chunkBytes) {
            sendWhole(PutObjectAPIArgs.builder().data(first.array(), first.remaining()));
            return intake.staged(key);
        }
        try (PartFile part = new PartFile()) {
            part.write(first);
            part.fill(intake, partBytes);
            if (part.size < partBytes) sendWhole(PutObjectAPIArgs.builder().file(part.file, part.size));
            else S3Parts.write(connection, key, checksums(), uploadId -> sendParts(uploadId, part, intake));
        }
        return intake.staged(key);
    }

    private void sendWhole(PutObjectAPIArgs.Builder content) {
        PutObjectAPIArgs args = content.bucket(connection.bucket).object(key).build();
        connection.await("write", key, connection.client.putObject(args));
    }

    private List<Part> sendParts(String uploadId, PartFile first, HashingReader intake) {
        List<Part> sent = new ArrayList<>();
        Queue<CompletableFuture<UploadPartResponse>> underway = new ArrayDeque<>();
        try {
            int number = 1;
            for (PartFile part = first; part.size > 0; part = next(intake)) {
                underway.add(sendPart(uploadId, number++, part));
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

    private PartFile next(HashingReader intake) {
        PartFile part = new PartFile();
        try {
            part.fill(intake, partBytes);
        } catch (RuntimeException | Error e) {
            part.close();
            throw e;
        }
        if (part.size == 0) part.close();
        return part;
    }

    private Part await(CompletableFuture<UploadPartResponse> part) {
        return connection.await("write", key, part).part();
    }

    /** Runs entirely in the background, because the client first hashes the part. */
    private CompletableFuture<UploadPartResponse> sendPart(String uploadId, int number, PartFile part) {
        UploadPartArgs args = UploadPartArgs.builder()
                .bucket(connection.bucket)
                .object(key)
                .uploadId(uploadId)
                .partNumber(number)
                .file(part.file, part.size)
                .build();
        return CompletableFuture.supplyAsync(() -> connection.client.uploadPart(args), ThreadPools.THREADS)
                .thenCompose(Function.identity())
                .whenComplete((response, failure) -> part.close());
    }

    /** The client sends a checksum with each part anyway; S3 must know the algorithm in advance. */
    private Http.Headers checksums() {
        Checksum.Algorithm algorithm = connection.isEncrypted() ? Checksum.Algorithm.CRC32C : Checksum.Algorithm.SHA256;
        return new Http.Headers("x-amz-checksum-algorithm", algorithm.toString());
    }

    /** Begins again at its end: the client reads a file through for each checksum, and sends it from where it is then. */
    private static final class RewindingFile extends RandomAccessFile {

        RewindingFile(Path path) throws IOException {
            super(path.toFile(), "rw");
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            seek(getFilePointer());
            return super.read(target, offset, length);
        }

        @Override
        public long getFilePointer() throws IOException {
            long position = super.getFilePointer();
            return position == length() ? 0 : position;
        }
    }

    /** A part on its way, in a file without a name, which no killed process leaves behind. */
    private static final class PartFile implements AutoCloseable {

        private final RandomAccessFile file;
        private long size;

        PartFile() {
            try {
                Path path = Files.createTempFile("lorahub-part-", "");
                try {
                    file = new RewindingFile(path);
                } finally {
                    Files.delete(path);
                }
            } catch (IOException e) {
                throw failure(e);
            }
        }

        /** Writes chunks until there are so many bytes, or no more. */
        void fill(HashingReader intake, int bytes) {
            while (size < bytes) {
                ByteBuffer chunk = intake.next();
                if (!chunk.hasRemaining()) break;
                write(chunk);
            }
            try {
                file.seek(0);
            } catch (IOException e) {
                throw failure(e);
            }
        }

        void write(ByteBuffer chunk) {
            try {
                file.write(chunk.array(), 0, chunk.remaining());
                size += chunk.remaining();
            } catch (IOException e) {
                throw failure(e);
            }
        }

        @Override
        public void close() {
            try {
                file.close();
            } catch (IOException e) {
                throw failure(e);
            }
        }

        private static StorageException failure(IOException e) {
            return new StorageException(
                    "A part on its way to the object store could not be kept in %s: %s."
                            .formatted(System.getProperty("java.io.tmpdir"), e.getMessage()),
                    e);
        }
    }
}
