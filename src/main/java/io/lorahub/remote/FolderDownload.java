package io.lorahub.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Fetches files into a folder, which appears whole. What a broken or ended try has fetched lies beside it, under a name
 * that the next try knows.
 */
final class FolderDownload {

    private final HubClient hub;
    private final TransferProgress transfer;

    FolderDownload(HubClient hub, TransferProgress transfer) {
        this.hub = hub;
        this.transfer = transfer;
    }

    /**
     * @param key by which another try knows what is half fetched
     * @param at  the path of a file on the hub
     * @return bytes that came now; 0 where all is there already
     */
    long into(Path target, String key, List<RemoteFile> files, Function<RemoteFile, String> at) throws IOException {
        if (isThere(target, files)) return 0;
        requireFree(target);
        Path part = target.resolveSibling(".%s.%s.part".formatted(target.getFileName(), key));
        Files.createDirectories(part);
        long fetched = 0;
        for (RemoteFile file : files) {
            fetched += new FileDownload(hub, at.apply(file), file, part, transfer).fetch();
        }
        Files.deleteIfExists(target);
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        return fetched;
    }

    static boolean isThere(Path target, List<RemoteFile> files) throws IOException {
        for (RemoteFile file : files) {
            Path there = target.resolve(file.name());
            if (!Files.isRegularFile(there) || Files.size(there) != file.size()) return false;
        }
        return files.stream()
                .allMatch(file -> FileHash.of(target.resolve(file.name())).equals(file.sha256()));
    }

    private static void requireFree(Path target) throws IOException {
        if (!Files.exists(target)) return;
        if (Files.isDirectory(target)) {
            try (Stream<Path> children = Files.list(target)) {
                if (children.findAny().isEmpty()) return;
            }
        }
        throw new RemoteException(
                "%s is there already and holds something else; name another folder with --output.".formatted(target));
    }
}
