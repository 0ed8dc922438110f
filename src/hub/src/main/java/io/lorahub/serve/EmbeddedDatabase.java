package io.lorahub.serve;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.RunMemory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * A real PostgreSQL server run by LoraHub, for hubs without one of their own. Committed data survives a crash of the
 * process or the machine. It listens only on 127.0.0.1 and requires the password that is stored beside its files.
 *
 * <p>The server keeps running if LoraHub is killed; the next LoraHub on the same folder shuts it down first. The caller
 * must ensure that only one uses a folder at a time.
 */
public final class EmbeddedDatabase implements AutoCloseable {

    private static final List<String> SETTINGS = List.of(
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=''",
            "log_min_messages=log", // messages of the server itself, not the errors of statements
            "log_min_error_statement=panic",
            "log_checkpoints=off");

    /** Share of the machine's memory for the server's own cache, which takes it only as it reads; PostgreSQL's default is 128 MB. */
    private static final int CACHE_SHARE = 8;

    private static final long LEAST_CACHE = 128; // MB
    private static final long MOST_CACHE = 4096;
    private static final long LOG_LIMIT = 1L << 20; // bytes
    private static final int ATTEMPTS = 3;

    private static final Duration NEXT_TRY = Duration.ofSeconds(10);
    private static final Logger LOG = Logger.getLogger(EmbeddedDatabase.class);

    private final PostgresCluster cluster;
    private final PostgresPrograms programs;
    private final Path log;
    private final List<String> settings;
    private final int port;
    private final String password;
    private boolean closed;

    private EmbeddedDatabase(
            PostgresCluster cluster,
            PostgresPrograms programs,
            Path log,
            List<String> settings,
            int port,
            String password) {
        this.cluster = cluster;
        this.programs = programs;
        this.log = log;
        this.settings = settings;
        this.port = port;
        this.password = password;
    }

    /**
     * Starts the server on the files in a folder, which are created if they are missing.
     *
     * @param settings PostgreSQL's settings as name=value, which override LoraHub's
     */
    public static EmbeddedDatabase start(Path folder, String... settings) {
        try {
            Path real = Files.createDirectories(folder).toRealPath();
            PostgresPrograms programs = PostgresPrograms.unpacked();
            PostgresCluster cluster = new PostgresCluster(real, programs);
            cluster.createIfAbsent();
            stopLeftOver(cluster, programs);
            Path log = real.resolve("postgresql.log");
            if (Files.exists(log) && Files.size(log) > LOG_LIMIT) {
                Files.move(log, real.resolve("postgresql.log.1"), StandardCopyOption.REPLACE_EXISTING);
            }
            String password = cluster.password();
            List<String> own = List.of(settings);
            int port = start(cluster, programs, log, EmbeddedDatabase::freePort, own);
            return new EmbeddedDatabase(cluster, programs, log, own, port, password);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServeException("LoraHub was interrupted while PostgreSQL started.", e);
        } catch (IOException e) {
            throw new ServeException(
                    "The database's folder %s cannot be used: %s.".formatted(folder, EngineException.reason(e)), e);
        }
    }

    /**
     * Stops a server that a killed LoraHub left running. If the process in the file is gone, the file is left to
     * PostgreSQL, which also checks for other remains of such a server; if its process id now belongs to another
     * program, the file would mislead PostgreSQL and is deleted.
     */
    private static void stopLeftOver(PostgresCluster cluster, PostgresPrograms programs) throws IOException {
        PostmasterFile left = PostmasterFile.in(cluster.data()).orElse(null);
        if (left == null || left.process().isEmpty()) return;
        if (left.isOfPostgresHere()) {
            try {
                stop(cluster, programs);
            } catch (ServeException e) {
                if (left.process().filter(ProcessHandle::isAlive).isPresent()) throw e; // it was just ending by itself
            }
        } else if (left.isOfPostgres()) {
            throw new ServeException(
                    "%s names process %d, a PostgreSQL that LoraHub did not start here; stop it, or delete the file if that process does not use this directory."
                            .formatted(left.file(), left.pid()));
        } else {
            Files.delete(left.file());
        }
    }

    /** A source of ports to try. */
    private interface Ports {
        int next() throws IOException;
    }

    private static int start(
            PostgresCluster cluster, PostgresPrograms programs, Path log, Ports ports, List<String> settings)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(SETTINGS);
        long cache = RunMemory.ofMachine() / CACHE_SHARE >> 20;
        all.add("shared_buffers=%dMB".formatted(Math.max(LEAST_CACHE, Math.min(MOST_CACHE, cache))));
        all.addAll(settings);
        PostgresProgram.Ended ended = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) { // the port can be taken in the meantime
            int port = ports.next();
            ended = programs.program(
                            "pg_ctl",
                            "start",
                            "--silent",
                            "--pgdata=" + cluster.data(),
                            "--log=" + log,
                            "--timeout=600", // s; after a crash it replays its log
                            "--options=-p %d -c %s".formatted(port, String.join(" -c ", all)))
                    .end();
            if (ended.status() == 0) return port;
            Thread.sleep(500); // remains of a killed server end by themselves
        }
        throw new ServeException("PostgreSQL did not start on %s; %s says why. (%s)"
                .formatted(cluster.data(), log, ended.output().strip()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * From now on, starts the server again when it ends by itself, such as for lack of memory: the application waits for
     * it, and nobody else would start it.
     *
     * @param ending whether this process is ending
     */
    synchronized void restartWhenEnded(BooleanSupplier ending) {
        PostmasterFile.in(cluster.data())
                .flatMap(PostmasterFile::process)
                .ifPresent(server ->
                        server.onExit().thenRun(() -> new Thread(() -> restart(ending), "postgresql").start()));
    }

    private void restart(BooleanSupplier ending) {
        boolean again = false;
        while (!again && !ending.getAsBoolean()) {
            try {
                again = startAgain(ending);
                if (!again) Thread.sleep(NEXT_TRY.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Returns whether it runs, or needn't any more. */
    private synchronized boolean startAgain(BooleanSupplier ending) throws InterruptedException {
        if (closed) return true;
        LOG.errorf("The hub's PostgreSQL has ended and is started again; %s says more.", log);
        try {
            stopLeftOver(cluster, programs);
            start(cluster, programs, log, () -> port, settings);
            restartWhenEnded(ending);
            return true;
        } catch (IOException | ServeException e) {
            LOG.errorf(
                    "PostgreSQL could not be started again, which is tried every %d s: %s",
                    NEXT_TRY.toSeconds(), e.getMessage());
            return false;
        }
    }

    private static void stop(PostgresCluster cluster, PostgresPrograms programs) {
        programs.program("pg_ctl", "stop", "--silent", "--pgdata=" + cluster.data(), "--mode=fast", "--timeout=60")
                .run();
    }

    public String jdbcUrl() {
        return jdbcUrl(Integer.toString(port));
    }

    private static String jdbcUrl(String port) {
        return "jdbc:postgresql://127.0.0.1:%s/postgres".formatted(port);
    }

    /** JDBC address of the server running on this folder, if any. */
    static Optional<String> running(Path folder) {
        Path real;
        try {
            real = folder.toRealPath(); // as it was started
        } catch (IOException e) {
            return Optional.empty(); // there is no such folder yet, or none of ours
        }
        return PostmasterFile.in(real.resolve("data"))
                .filter(PostmasterFile::isOfPostgresHere)
                .map(running -> jdbcUrl(running.port()));
    }

    public String username() {
        return PostgresCluster.OWNER;
    }

    public String password() {
        return password;
    }

    /** Stops the server after pending writes; open connections are closed. */
    @Override
    public synchronized void close() {
        closed = true;
        stop(cluster, programs);
    }
}
