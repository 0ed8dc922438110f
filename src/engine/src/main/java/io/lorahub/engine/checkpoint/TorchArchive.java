package io.lorahub.engine.checkpoint;

import static io.lorahub.engine.error.EngineException.quoted;

import io.lorahub.engine.checkpoint.Pickled.Storage;
import io.lorahub.engine.safetensors.MappedFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * The zip file that {@code torch.save} writes: one folder with the pickle {@code data.pkl} and one file per storage. A
 * stored file is mapped; a compressed or misaligned one is copied once.
 */
final class TorchArchive implements Closeable {

    private static final int MAX_PICKLE_BYTES = 16 << 20;
    private static final String ZIP = "PK\3\4";
    private static final String PICKLE = "\u0080";
    private static final int LONGEST_SIGNATURE = 16;
    private static final byte[] LITTLE = "little".getBytes(StandardCharsets.US_ASCII);

    private final MappedFile file;
    private final ZipArchive zip;
    private final String prefix;
    private final Map<String, ByteBuffer> copies = new HashMap<>();

    private TorchArchive(MappedFile file, ZipArchive zip) throws MalformedException {
        this.file = file;
        this.zip = zip;
        prefix = prefixOf(zip.names());
    }

    static TorchArchive open(Path path) throws IOException, MalformedException {
        MappedFile file = MappedFile.open(path);
        ZipArchive zip = null;
        boolean opened = false;
        try {
            refuseOtherThanZip(file);
            zip = ZipArchive.open(path);
            TorchArchive archive = new TorchArchive(file, zip);
            archive.checkKind();
            opened = true;
            return archive;
        } finally {
            if (!opened) {
                if (zip != null) zip.close();
                file.close();
            }
        }
    }

    /** Identifies another file format by its first bytes, for a more helpful error than "not a zip". */
    private static void refuseOtherThanZip(MappedFile file) throws IOException, MalformedException {
        String head = head(file);
        if (head.startsWith(ZIP)) return;
        if (head.startsWith(PICKLE)) {
            throw new MalformedException(
                    "it is in the format that PyTorch used before version 1.6, or a bare pickle; load"
                            + " it in Python and save its tensors as safetensors");
        }
        if (head.startsWith("version https://")) {
            throw new MalformedException("it is a Git LFS pointer; fetch the file itself with `git lfs pull`");
        }
        if (head.length() > 8 && head.charAt(8) == '{') {
            throw new MalformedException("it is a safetensors file; name it .safetensors");
        }
        if (head.startsWith("<")) throw new MalformedException("it is a web page; download the file itself");
        throw new MalformedException("it is not a PyTorch checkpoint, which is a zip file");
    }

    private static String head(MappedFile file) throws IOException {
        ByteBuffer bytes = file.slice(0, (int) Math.min(file.size(), LONGEST_SIGNATURE), 1);
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }

    /** Returns the folder of the only {@code data.pkl}, including the trailing slash. */
    private static String prefixOf(List<String> names) throws MalformedException {
        List<String> pickles =
                names.stream().filter(n -> n.matches("[^/]+/data\\.pkl")).toList();
        if (pickles.size() == 1)
            return pickles.get(0).substring(0, pickles.get(0).indexOf('/') + 1);
        throw new MalformedException(
                "it is a zip with %d data.pkl files; a PyTorch checkpoint has one".formatted(pickles.size()));
    }

    private void checkKind() throws IOException, MalformedException {
        boolean isScript = zip.names().stream().anyMatch(n -> n.startsWith(prefix + "code/"));
        if (isScript || entry("constants.pkl").isPresent()) {
            throw new MalformedException(
                    "it is a TorchScript program (torch.jit.save), not a state dict; load it in Python and"
                            + " save its state_dict() as safetensors");
        }
        Optional<ZipArchiveEntry> byteOrder = entry("byteorder");
        if (byteOrder.isPresent()) {
            ByteBuffer order = bytes(byteOrder.get(), 16, 1);
            if (!order.equals(ByteBuffer.wrap(LITTLE))) {
                throw new MalformedException("it was written on a big-endian machine; save it as safetensors there");
            }
        }
    }

    ByteBuffer pickle() throws IOException, MalformedException {
        return bytes(zip.entries().get(prefix + "data.pkl"), MAX_PICKLE_BYTES, 1);
    }

    /** Checks that all elements announced by the pickle are present. */
    void check(Storage storage) throws MalformedException {
        ZipArchiveEntry entry = entry("data/" + storage.key())
                .orElseThrow(
                        () -> new MalformedException("its storage %s is missing".formatted(quoted(storage.key()))));
        if (entry.getSize() / storage.dtype().bytes() < storage.elements()) {
            throw new MalformedException("its storage %s should have %d elements of %s, and its file has %d bytes"
                    .formatted(quoted(storage.key()), storage.elements(), storage.dtype(), entry.getSize()));
        }
        if (entry.getSize() > Integer.MAX_VALUE) {
            throw new MalformedException("its storage %s has %d bytes; more than 2 GiB cannot be mapped"
                    .formatted(quoted(storage.key()), entry.getSize()));
        }
    }

    /** Returns the bytes of a storage that has passed {@link #check}. */
    synchronized ByteBuffer storage(Storage storage) throws IOException, MalformedException {
        ZipArchiveEntry entry = entry("data/" + storage.key()).orElseThrow();
        int alignment = storage.dtype().bytes();
        if (ZipArchive.isStored(entry) && entry.getDataOffset() % alignment == 0) {
            return bytes(entry, Integer.MAX_VALUE, alignment);
        }
        ByteBuffer copy = copies.get(storage.key());
        if (copy == null) {
            copy = bytes(entry, Integer.MAX_VALUE, alignment);
            copies.put(storage.key(), copy);
        }
        return copy.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    private Optional<ZipArchiveEntry> entry(String name) {
        return Optional.ofNullable(zip.entries().get(prefix + name));
    }

    private ByteBuffer bytes(ZipArchiveEntry entry, int max, int alignment) throws IOException, MalformedException {
        if (entry.getSize() > max) {
            throw new MalformedException("its file %s has %d bytes; at most %d are allowed"
                    .formatted(quoted(entry.getName()), entry.getSize(), max));
        }
        int size = (int) entry.getSize();
        if (ZipArchive.isStored(entry)) return file.slice(entry.getDataOffset(), size, alignment);
        ByteBuffer bytes = allocate(size);
        try (InputStream in = zip.stream(entry)) {
            var channel = Channels.newChannel(in);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
        } catch (RuntimeException e) {
            throw new IOException("its file %s is damaged".formatted(quoted(entry.getName())), e);
        }
        if (bytes.hasRemaining())
            throw new MalformedException("its file %s is damaged".formatted(quoted(entry.getName())));
        return bytes.flip().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer allocate(int size) throws MalformedException {
        try {
            return ByteBuffer.allocateDirect(size);
        } catch (OutOfMemoryError e) {
            throw new MalformedException("it is compressed, and there isn't enough memory to unpack it");
        }
    }

    void release() {
        file.release();
    }

    @Override
    public synchronized void close() throws IOException {
        copies.clear();
        try (file) {
            zip.close();
        }
    }
}
