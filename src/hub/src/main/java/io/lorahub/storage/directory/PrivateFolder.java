package io.lorahub.storage.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Creates folders that only the hub can read: other users of the machine have no access to members' files or the log.
 */
public final class PrivateFolder {

    private static final Logger LOG = Logger.getLogger(PrivateFolder.class);
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");

    private PrivateFolder() {}

    /** Makes a folder, or closes one that is there. */
    public static void make(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            close(folder);
            return;
        }
        Files.createDirectories(folder.getParent());
        // another process might make it at the same time
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER));
    }

    /** Removes all other users' rights to an existing folder; logs a warning if that is impossible. */
    public static void close(Path folder) {
        close(folder, true);
    }

    /** @param notable whether somebody may have seen what is in it, so that the log says it */
    static void close(Path folder, boolean notable) {
        try {
            if (OWNER.containsAll(Files.getPosixFilePermissions(folder))) return;
            Files.setPosixFilePermissions(folder, OWNER);
            if (notable)
                LOG.infof("%s was open to other users of this machine; now only its owner can use it.", folder);
        } catch (UnsupportedOperationException e) {
            LOG.debugf("The file system of %s doesn't support these permissions.", folder);
        } catch (IOException e) {
            LOG.warnf(
                    "%s is open to other users of this machine, and its permissions cannot be changed (%s)."
                            + " Run `chmod 700` on it as its owner.",
                    folder, e.getMessage());
        }
    }
}
