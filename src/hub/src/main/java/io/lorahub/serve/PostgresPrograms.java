package io.lorahub.serve;

import com.sun.security.auth.module.UnixSystem;
import io.lorahub.engine.error.EngineException;
import io.lorahub.xdg.UnpackedFolder;
import io.lorahub.xdg.UserFolders;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs initdb, pg_ctl and postgres, unpacked from LoraHub's jars to the user's cache. */
final class PostgresPrograms {

    private final Path folder;
    private final List<String> prefix;

    private PostgresPrograms(Path folder, List<String> prefix) {
        this.folder = folder;
        this.prefix = prefix;
    }

    static PostgresPrograms unpacked() {
        return unpacked(UserFolders.cache());
    }

    static PostgresPrograms unpacked(Path cache) {
        Path folder = cache.resolve("postgres-" + version() + "-" + platform());
        try {
            UnpackedFolder.fill(folder, "postgres.lock", PostgresPrograms::isComplete, PostgresPrograms::unpack);
        } catch (IOException e) {
            throw new ServeException(
                    "PostgreSQL cannot be unpacked to %s: %s. Set XDG_CACHE_HOME to a folder that can be written."
                            .formatted(folder, EngineException.reason(e)),
                    e);
        }
        return new PostgresPrograms(folder, prefix());
    }

    private static boolean isComplete(Path folder) {
        return Stream.of("initdb", "pg_ctl", "postgres")
                .allMatch(name -> Files.isExecutable(folder.resolve("bin").resolve(name)));
    }

    private static void unpack(Path folder) throws IOException {
        String archive = "/postgres-%s.txz".formatted(platform());
        try (InputStream packed = PostgresPrograms.class.getResourceAsStream(archive)) {
            if (packed == null) {
                throw new ServeException(
                        "LoraHub has no PostgreSQL for this kind of machine (%s); set LORAHUB_DATABASE_URL to your own PostgreSQL."
                                .formatted(platform()));
            }
            TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed)));
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                unpack(entry, tar, folder.resolve(entry.getName()).normalize());
            }
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path target) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(content, target);
            if (target.getParent().endsWith("bin")) target.toFile().setExecutable(true, false);
        }
    }

    static String version() {
        try (InputStream in = PostgresPrograms.class.getResourceAsStream("/lorahub.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("postgres");
        } catch (IOException e) {
            throw new ServeException("LoraHub's own properties cannot be read; build it again.", e);
        }
    }

    /** Platform as in the names of the archives: linux-x86_64, darwin-arm_64. */
    private static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch");
        return (system.startsWith("mac") ? "darwin" : system)
                + "-"
                + switch (machine) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64" -> "arm_64";
                    default -> machine;
                };
    }

    /** PostgreSQL refuses to run as root; in a separate user namespace it is not root. */
    private static List<String> prefix() {
        if (new UnixSystem().getUid() != 0) return List.of();
        List<String> unshare = List.of("unshare", "-U");
        if (PostgresProgram.succeeds("unshare", "-U", "true")) return unshare;
        throw new ServeException("PostgreSQL refuses to run as root, and this machine has no unshare to work around"
                + " that; start LoraHub as another user, or set LORAHUB_DATABASE_URL to your own PostgreSQL.");
    }

    PostgresProgram program(String name, String... arguments) {
        List<String> command = new ArrayList<>(prefix);
        command.add(folder.resolve("bin").resolve(name).toString());
        command.addAll(List.of(arguments));
        return new PostgresProgram(name, command);
    }
}
