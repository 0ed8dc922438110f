package io.lorahub.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The file {@code postmaster.pid} by which a running PostgreSQL marks its directory. It remains if the server is
 * killed, and its process id can by then belong to another process.
 */
record PostmasterFile(Path file, Optional<ProcessHandle> process, String port) {

    private static final int PORT = 3; // index of the line, from 0

    static Optional<PostmasterFile> in(Path database) {
        Path file = database.resolve("postmaster.pid");
        try {
            List<String> lines = Files.readAllLines(file);
            String pid = lines.isEmpty() ? "" : lines.get(0).strip();
            return Optional.of(new PostmasterFile(
                    file,
                    pid.matches("\\d{1,10}")
                            ? ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive)
                            : Optional.empty(),
                    lines.size() > PORT ? lines.get(PORT).strip() : ""));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new ServeException("%s cannot be read; check its permissions.".formatted(file), e);
        }
    }

    /**
     * Whether the process is a PostgreSQL, on any directory. A process that has ended but is not yet reaped does not
     * count.
     */
    boolean isOfPostgres() {
        return process.flatMap(p -> p.info().command())
                .filter(program -> program.matches(".*/postgres( \\(deleted\\))?"))
                .isPresent();
    }

    /** Whether the process is a PostgreSQL that was started on the directory of this file. */
    boolean isOfPostgresHere() {
        String database = file.getParent().toString();
        return isOfPostgres()
                && process.flatMap(p -> p.info().arguments())
                        .filter(arguments -> List.of(arguments).contains(database))
                        .isPresent();
    }

    long pid() {
        return process.map(ProcessHandle::pid).orElse(0L);
    }
}
