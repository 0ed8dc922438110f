package io.lorahub.storage.s3;

import io.lorahub.storage.object.HashingReader;
import io.lorahub.storage.object.NoSuchObjectException;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectRange;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.object.StoreInputStream;
import io.lorahub.storage.object.StoredObject;
import io.minio.ComposeObjectArgs;
import io.minio.CopyObjectArgs;
import io.minio.GetObjectArgs;
import io.minio.Http;
import io.minio.ListObjectsArgs;
import io.minio.RemoveObjectArgs;
import io.minio.Result;
import io.minio.SourceObject;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.UploadPartCopyArgs;
import io.minio.errors.MinioException;
import io.minio.messages.Item;
import io.minio.messages.Part;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps objects in a bucket of an S3-compatible server.
 *
 * <p>If a process is killed while it sends a large object, the parts stay on the server without appearing in any
 * listing of objects. MinIO drops them after a day; on Amazon, the bucket needs the lifecycle rule
 * AbortIncompleteMultipartUpload.
 */
public final class S3Store implements ObjectStore {

    /** Size of a part in bytes. */
    private static final int PART_BYTES = 10 << 20;

    /** Bytes of an upload that are in memory at a time. */
    private static final int CHUNK_BYTES = 256 << 10;

    /** S3's limit, which makes 97 GiB the size of the largest object. */
    private static final long MAX_PARTS = 10_000;

    /** Size in bytes that a server copies in a small fraction of the timeout. */
    private static final long COPIED_BYTES = 512L << 20;

    private final S3Connection connection;
    private final S3Copy copy;
    private final int partBytes;

    /** Creates the bucket if it is missing. */
    public S3Store(S3Settings settings) {
        this(settings, PART_BYTES, COPIED_BYTES);
    }

    S3Store(S3Settings settings, int partBytes, long copiedBytes) {
        connection = new S3Connection(settings);
        copy = new S3Copy(connection, copiedBytes);
        this.partBytes = partBytes;
        connection.makeBucket();
    }

    @Override
    public StagedFile stage(InputStream in, long maxBytes) {
        int chunkBytes = Math.min(partBytes, CHUNK_BYTES);
        HashingReader intake = new HashingReader(in, Math.min(maxBytes, MAX_PARTS * partBytes), chunkBytes);
        return new S3Upload(connection, ObjectKey.newStaging(), partBytes).send(intake, chunkBytes);
    }

    @Override
    public boolean publish(StagedFile staged, String key) {
        staged.requireComplete();
        ObjectKey.require(key);
        try {
            copy.copy(staged.key(), staged.size(), key);
        } catch (NoSuchObjectException e) {
            // another thread or process may have published the same staged file
            if (stat(key).isEmpty()) throw e;
            return false;
        }
        delete(staged.key());
        return true;
    }

    @Override
    public InputStream open(String key, long offset, long length) {
        ObjectRange range = new ObjectRange(offset, length);
        GetObjectArgs.Builder args =
                GetObjectArgs.builder().bucket(connection.bucket).object(ObjectKey.require(key));
        if (range.length() == 0) {
            stat(key).orElseThrow(() -> new NoSuchObjectException(key));
            return InputStream.nullInputStream();
        }
        if (range.offset() > 0) args.offset(range.offset());
        if (!range.isOpenEnded()) args.length(range.length());
        try {
            InputStream in = connection.await("read", key, connection.client.getObject(args.build()));
            return new StoreInputStream(in, e -> connection.failure("read", key, e));
        } catch (StorageException e) {
            if (S3Failures.code(e.getCause()).equals("InvalidRange")) return InputStream.nullInputStream();
            throw e;
        }
    }

    @Override
    public Optional<StoredObject> stat(String key) {
        StatObjectArgs args = StatObjectArgs.builder()
                .bucket(connection.bucket)
                .object(ObjectKey.require(key))
                .build();
        try {
            StatObjectResponse stat = connection.await("find", key, connection.client.statObject(args));
            return Optional.of(
                    new StoredObject(key, stat.size(), stat.lastModified().toInstant()));
        } catch (NoSuchObjectException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<Path> localPath(String key) {
        ObjectKey.require(key);
        return Optional.empty();
    }

    @Override
    public void delete(String key) {
        RemoveObjectArgs args = RemoveObjectArgs.builder()
                .bucket(connection.bucket)
                .object(ObjectKey.require(key))
                .build();
        connection.await("delete", key, connection.client.removeObject(args));
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        ListObjectsArgs args = ListObjectsArgs.builder()
                .bucket(connection.bucket)
                .prefix(ObjectKey.requirePrefix(prefix))
                .recursive(true)
                .build();
        Iterator<Result<Item>> items = connection.client.listObjects(args).iterator();
        return Stream.generate(() -> next(prefix, items))
                .takeWhile(Optional::isPresent)
                .map(result -> object(prefix, result.get()));
    }

    private Optional<Result<Item>> next(String prefix, Iterator<Result<Item>> items) {
        try {
            return items.hasNext() ? Optional.of(items.next()) : Optional.empty();
        } catch (IllegalStateException e) {
            // the client wraps the failure of a listing page in this exception
            throw connection.failure("list", prefix, e.getCause() == null ? e : e.getCause());
        }
    }

    private StoredObject object(String prefix, Result<Item> result) {
        try {
            Item item = result.get();
            return new StoredObject(
                    item.objectName(), item.size(), item.lastModified().toInstant());
        } catch (MinioException e) {
            throw connection.failure("list", prefix, e);
        }
    }

    /** A copy made by the server. S3 copies at most 5 GB at a time and responds only when it has finished. */
    private static final class S3Copy {

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
}
