package io.lorahub.serve;

import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.apache.commons.io.file.PathUtils;

/** PostgreSQL's files: {@code data}, and beside it the password of the database's owner. */
final class PostgresCluster {

    static final String OWNER = "lorahub";

    private final Path folder;
    private final PostgresPrograms programs;

    PostgresCluster(Path folder, PostgresPrograms programs) {
        this.folder = folder;
        this.programs = programs;
    }

    Path data() {
        return folder.resolve("data");
    }

    String password() {
        try {
            return Files.readString(passwordFile());
        } catch (IOException e) {
            throw new ServeException(
                    "The database's password cannot be read from %s: %s. Restore that file from a backup."
                            .formatted(passwordFile(), EngineException.reason(e)),
                    e);
        }
    }

    private Path passwordFile() {
        return folder.resolve("password");
    }

    /** Creates the files of a new database if there are none, either completely or not at all. */
    void createIfAbsent() {
        try {
            if (Files.exists(data())) {
                requireSameVersion();
                return;
            }
            Path part = folder.resolve("data.part");
            if (Files.exists(part)) PathUtils.deleteDirectory(part);
            if (!Files.exists(passwordFile())) writePassword();
            initialise(part);
            Files.move(part, data(), StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        } catch (IOException e) {
            throw new ServeException(
                    "The database's files cannot be created in %s: %s.".formatted(folder, EngineException.reason(e)),
                    e);
        }
    }

    /** One major version of PostgreSQL cannot read the files of another. */
    private void requireSameVersion() throws IOException {
        String made = Files.readString(data().resolve("PG_VERSION")).strip();
        String ours = PostgresPrograms.version().replaceFirst("\\..*", "");
        if (!made.equals(ours)) {
            throw new ServeException(
                    "The database in %s was made by PostgreSQL %s, but this LoraHub brings PostgreSQL %s. Start the LoraHub that created it; docs/upgrade.md says how to move its data."
                            .formatted(data(), made, ours));
        }
    }

    private void writePassword() throws IOException {
        byte[] secret = new byte[16];
        new SecureRandom().nextBytes(secret);
        Path part = folder.resolve("password.part");
        Files.deleteIfExists(part);
        Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(part, HexFormat.of().formatHex(secret));
        Files.move(part, passwordFile(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Text is compared by code point regardless of the system's locale, so an index stays valid on another machine. */
    private void initialise(Path part) {
        programs.program(
                        "initdb",
                        "--pgdata=" + part,
                        "--username=" + OWNER,
                        "--pwfile=" + passwordFile(),
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8",
                        "--text-search-config=english",
                        "--data-checksums",
                        "--set=timezone=UTC",
                        "--set=log_timezone=UTC",
                        "--no-instructions")
                .run();
    }
}
