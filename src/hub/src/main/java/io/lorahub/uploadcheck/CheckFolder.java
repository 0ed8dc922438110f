package io.lorahub.uploadcheck;

import io.lorahub.engine.safetensors.SafetensorsFile;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.directory.TempFolders;
import io.quarkus.narayana.jta.QuarkusTransaction;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.commons.io.IOUtils;

/** A local folder with stored files, which exists until it is closed. The files must not be modified. */
record CheckFolder(Path path) implements AutoCloseable {

    private static final String SAFETENSORS = ".safetensors";

    /** Limit in bytes; longer headers are refused by all readers of the format. */
    private static final long LARGEST_HEADER = 100_000_000;

    /** @param files SHA-256 by name */
    static CheckFolder of(Map<String, String> files, Blobs blobs) throws IOException {
        CheckFolder folder = new CheckFolder(TempFolders.folder("check"));
        boolean done = false;
        try {
            blobs.place(files, folder.path);
            done = true;
            return folder;
        } finally {
            if (!done) folder.close();
        }
    }

    /**
     * Creates a folder with only the headers of a model's weights, which list its tensors. The rest of each weights
     * file is left empty, so that a model of many gigabytes is neither copied nor read.
     *
     * @param files SHA-256 by name
     */
    static CheckFolder ofHeaders(Map<String, String> files, Blobs blobs) throws IOException {
        Map<String, String> others = new TreeMap<>(files);
        others.keySet().removeIf(name -> name.endsWith(SAFETENSORS));
        CheckFolder folder = of(others, blobs);
        boolean done = false;
        try {
            for (var file : files.entrySet()) {
                if (file.getKey().endsWith(SAFETENSORS)) {
                    placeHeader(file.getValue(), folder.path.resolve(file.getKey()), blobs);
                }
            }
            done = true;
            return folder;
        } finally {
            if (!done) folder.close();
        }
    }

    /**
     * Like {@link #ofHeaders}, with the data of some tensors.
     *
     * @param filter whether a tensor is needed, by its name in the file
     */
    static CheckFolder ofTensors(Map<String, String> files, Predicate<String> filter, Blobs blobs) throws IOException {
        CheckFolder folder = ofHeaders(files, blobs);
        boolean done = false;
        try {
            for (var file : files.entrySet()) {
                if (file.getKey().endsWith(SAFETENSORS)) {
                    placeTensors(file.getValue(), folder.path.resolve(file.getKey()), filter, blobs);
                }
            }
            done = true;
            return folder;
        } finally {
            if (!done) folder.close();
        }
    }

    private static void placeTensors(String sha256, Path target, Predicate<String> filter, Blobs blobs)
            throws IOException {
        try (SafetensorsFile header = SafetensorsFile.open(target);
                RandomAccessFile file = new RandomAccessFile(target.toFile(), "rw")) {
            for (String name : header.names()) {
                if (!filter.test(name)) continue;
                blobs.verifyForPart(sha256, file.length());
                long begin = header.region(name).orElseThrow().offset();
                file.seek(begin);
                try (InputStream in =
                        blobs.open(sha256, begin, header.info(name).bytes())) {
                    IOUtils.copyLarge(in, Channels.newOutputStream(file.getChannel()));
                }
            }
        }
    }

    private static void placeHeader(String sha256, Path target, Blobs blobs) throws IOException {
        long size = QuarkusTransaction.joiningExisting().call(() -> blobs.size(sha256));
        byte[] length;
        try (InputStream in = blobs.open(sha256, 0, Long.BYTES)) {
            length = in.readNBytes(Long.BYTES);
        }
        long header = length.length < Long.BYTES
                ? 0
                : ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
        long end = Math.min(size, Long.BYTES + Math.max(0, Math.min(header, LARGEST_HEADER)));
        try (InputStream in = blobs.open(sha256, 0, end);
                RandomAccessFile file = new RandomAccessFile(target.toFile(), "rw")) {
            IOUtils.copy(in, Channels.newOutputStream(file.getChannel()));
            file.setLength(size);
        }
    }

    /** Total size of its files. */
    long bytes() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    @Override
    public void close() {
        FileUtils.deleteQuietly(path.toFile());
    }
}
