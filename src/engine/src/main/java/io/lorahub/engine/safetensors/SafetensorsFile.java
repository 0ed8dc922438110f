package io.lorahub.engine.safetensors;

import static io.lorahub.engine.error.EngineException.quoted;

import io.lorahub.engine.safetensors.SafetensorsHeader.Entry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A safetensors file: 8 bytes with the length of a JSON header, the header, and the tensors' bytes. The whole header is
 * checked on opening. The tensors are views of the mapped file, with the restrictions described in {@link MappedFile}.
 */
public final class SafetensorsFile implements TensorSource {

    private final Path path;
    private final MappedFile file;
    private final SafetensorsHeader header;

    private SafetensorsFile(Path path, MappedFile file) throws IOException {
        this.path = path;
        this.file = file;
        header = new HeaderReader(path, file).read();
    }

    /** @throws SafetensorsException if the file cannot be read or breaks any rule of the format */
    public static SafetensorsFile open(Path path) {
        MappedFile file = null;
        SafetensorsFile opened = null;
        try {
            file = MappedFile.open(path);
            opened = new SafetensorsFile(path, file);
            return opened;
        } catch (IOException e) {
            throw unreadable(path, e);
        } finally {
            if (opened == null && file != null) close(path, file);
        }
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(header.entries().keySet());
    }

    /** The file's own description under {@code __metadata__}. */
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    @Override
    public TensorInfo info(String name) {
        return entry(name).info();
    }

    @Override
    public TensorData tensor(String name) {
        Entry entry = entry(name);
        DType dtype = entry.info().dtype();
        long bytes = entry.end() - entry.begin();
        if (bytes > Integer.MAX_VALUE) {
            throw new SafetensorsException(
                    path,
                    "the tensor %s has %d bytes; at most 2 GiB can be read at once".formatted(quoted(name), bytes));
        }
        return view(entry.begin(), bytes, dtype, entry.info().shape());
    }

    @Override
    public Stream<Rows> rows(String name, long bytes) {
        Entry entry = entry(name);
        TensorInfo info = entry.info();
        if (info.shape().length == 0 || info.bytes() <= bytes) return Stream.of(new Rows(0, tensor(name)));
        long count = info.shape()[0];
        long row = info.bytes() / count;
        long step = Math.max(1, bytes / row);
        return LongStream.iterate(0, first -> first < count, first -> first + step)
                .mapToObj(first -> {
                    long[] shape = info.shape().clone();
                    shape[0] = Math.min(step, count - first);
                    return new Rows(first, view(entry.begin() + first * row, shape[0] * row, info.dtype(), shape));
                });
    }

    private TensorData view(long begin, long bytes, DType dtype, long[] shape) {
        try {
            var data = file.slice(header.data() + begin, Math.toIntExact(bytes), dtype.bytes());
            return new TensorData(dtype, shape, data);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    @Override
    public Optional<FileRegion> region(String name) {
        return Optional.of(new FileRegion(path, header.data() + entry(name).begin()));
    }

    @Override
    public void release() {
        file.release();
    }

    @Override
    public void close() {
        close(path, file);
    }

    private Entry entry(String name) {
        Entry entry = header.entries().get(name);
        if (entry == null) throw new SafetensorsException(path, "it has no tensor %s".formatted(quoted(name)));
        return entry;
    }

    private static void close(Path path, MappedFile file) {
        try {
            file.close();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static SafetensorsException unreadable(Path path, IOException e) {
        return new SafetensorsException("The file %s cannot be read: %s.".formatted(path, e.getMessage()), e);
    }
}
