package io.lorahub.engine.checkpoint;

import static io.lorahub.engine.error.EngineException.quoted;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/** A zip with an adapter's files at its root or in one folder. Only the adapter's own files are unpacked. */
final class AdapterZip {

    private static final int MAX_FILES = 1000;
    private static final long MAX_CONFIG_BYTES = 1 << 20;
    private static final long MAX_WEIGHTS_BYTES = 8L << 30;

    private AdapterZip() {}

    /** @param parent folder in which the temporary folder is created */
    static TemporaryFolder unpack(Path path, Path parent) {
        try (ZipArchive zip = ZipArchive.open(path)) {
            List<ZipArchiveEntry> files = adapterFiles(zip);
            TemporaryFolder folder = TemporaryFolder.createIn(parent, "lorahub-adapter-");
            boolean done = false;
            try {
                for (ZipArchiveEntry file : files) unpack(zip, file, folder);
                done = true;
                return folder;
            } finally {
                if (!done) folder.close();
            }
        } catch (MalformedException | IOException e) {
            throw CheckpointException.unusable(path, e.getMessage(), e);
        }
    }

    private static List<ZipArchiveEntry> adapterFiles(ZipArchive zip) throws MalformedException {
        if (zip.names().size() > MAX_FILES)
            throw new MalformedException("it has more than %d files".formatted(MAX_FILES));
        Set<String> folders = new TreeSet<>();
        for (String name : zip.names()) {
            checkName(name);
            if (fileName(name).equals(AdapterFolder.CONFIG)) folders.add(folder(name));
        }
        if (folders.size() != 1) {
            throw new MalformedException("it has %d adapter_config.json files; a zip must contain a single adapter"
                    .formatted(folders.size()));
        }
        String folder = folders.iterator().next();
        if (folder.indexOf('/') != folder.length() - 1) {
            throw new MalformedException("its adapter is in %s; move it to the zip's root or into a single folder"
                    .formatted(quoted(folder)));
        }
        List<ZipArchiveEntry> files = new ArrayList<>();
        for (var entry : zip.entries().entrySet()) {
            String name = entry.getKey();
            if (folder(name).equals(folder) && isAdapterFile(fileName(name))) files.add(entry.getValue());
        }
        return files;
    }

    /** Rejects a malicious entry name even if that entry would not be unpacked. */
    private static void checkName(String name) throws MalformedException {
        boolean leadsOut = name.startsWith("/")
                || name.indexOf('\\') >= 0
                || name.indexOf('\0') >= 0
                || name.matches("[A-Za-z]:.*");
        if (leadsOut || List.of(name.split("/")).contains("..")) {
            throw new MalformedException("its file %s would be unpacked outside its folder".formatted(quoted(name)));
        }
    }

    private static boolean isAdapterFile(String name) {
        return name.equals(AdapterFolder.CONFIG) || AdapterFolder.WEIGHTS.contains(name);
    }

    private static String folder(String name) {
        return name.substring(0, name.lastIndexOf('/') + 1);
    }

    private static String fileName(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private static void unpack(ZipArchive zip, ZipArchiveEntry entry, TemporaryFolder folder)
            throws IOException, MalformedException {
        String name = fileName(entry.getName());
        long max = name.equals(AdapterFolder.CONFIG) ? MAX_CONFIG_BYTES : MAX_WEIGHTS_BYTES;
        if (entry.getSize() > max) {
            throw new MalformedException("its file %s has more than %d bytes".formatted(quoted(name), max));
        }
        try (InputStream in = zip.stream(entry);
                OutputStream out = Files.newOutputStream(folder.path().resolve(name), StandardOpenOption.CREATE_NEW)) {
            byte[] chunk = new byte[1 << 16];
            long left = entry.getSize();
            int count;
            while (left > 0 && (count = in.read(chunk, 0, (int) Math.min(left, chunk.length))) > 0) {
                out.write(chunk, 0, count);
                left -= count;
            }
            if (left > 0) throw new MalformedException("its file %s is damaged".formatted(quoted(name)));
        } catch (RuntimeException e) {
            throw new IOException("its file %s is damaged".formatted(quoted(name)), e);
        }
    }
}
