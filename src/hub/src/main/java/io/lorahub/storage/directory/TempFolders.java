package io.lorahub.storage.directory;

import io.lorahub.storage.object.ThreadPools;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.io.file.PathUtils;
import org.jboss.logging.Logger;

/**
 * Temporary folders of this process. Each name contains the process, which distinguishes folders left by a killed
 * process from those in use by another hub on this machine.
 */
@ApplicationScoped
public class TempFolders {

    private static final Logger LOG = Logger.getLogger(TempFolders.class);

    /** Earlier releases kept the files of base models in folders named base and import. */
    private static final Pattern NAME = Pattern.compile("lorahub-(?:check|zip|base|import)-(?:(\\d{1,18})-)?.*");

    private final Path parent;

    TempFolders() {
        this(Path.of(System.getProperty("java.io.tmpdir")));
    }

    TempFolders(Path parent) {
        this.parent = parent;
    }

    /**
     * Creates a folder, which the caller must delete.
     *
     * @param purpose {@code check} or {@code zip}
     */
    public static Path folder(String purpose) throws IOException {
        return Files.createTempDirectory(
                "lorahub-%s-%d-".formatted(purpose, ProcessHandle.current().pid()));
    }

    void start(@Observes StartupEvent event) {
        ThreadPools.THREADS.execute(this::sweep);
    }

    /** Deletes the folders of dead processes, and those of older releases, which have no process in their name. */
    void sweep() {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, "lorahub-*")) {
            for (Path folder : folders) {
                Matcher name = NAME.matcher(folder.getFileName().toString());
                if (name.matches() && isLeft(folder, name.group(1)) && isOwn(folder)) delete(folder);
            }
        } catch (IOException e) {
            LOG.warnf(e, "Temporary folders of ended processes in %s could not be deleted.", parent);
        }
    }

    /** Any user can create folders there, and links to folders of others. */
    private boolean isOwn(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return false;
        Path probe = Files.createTempFile(parent, "lorahub-owner-", "");
        try {
            return Files.getOwner(probe).equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS));
        } finally {
            Files.delete(probe);
        }
    }

    /** Another hub may be deleting it at the same time. */
    private static void delete(Path folder) {
        try {
            PathUtils.deleteDirectory(folder);
        } catch (IOException | UncheckedIOException e) {
            LOG.debugf(e, "%s could not be deleted.", folder);
        }
    }

    /** In a container, every process has the same number, so what is older than this one is not its own. */
    private static boolean isLeft(Path folder, String process) throws IOException {
        if (process == null) return true;
        long pid = Long.parseLong(process);
        ProcessHandle own = ProcessHandle.current();
        if (pid != own.pid()) return ProcessHandle.of(pid).isEmpty();
        Instant made =
                Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toInstant();
        return own.info().startInstant().filter(made::isBefore).isPresent();
    }
}
