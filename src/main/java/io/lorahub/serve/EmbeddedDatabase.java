package io.lorahub.serve;

import io.lorahub.engine.EngineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A real PostgreSQL server of LoraHub's own, for whoever has none. It keeps what it acknowledged whatever happens to the
 * process or the machine, and answers on 127.0.0.1 only, to the password that lies beside its files.
 *
 * <p>The server does not end with a LoraHub that is killed; the next one on the same folder shuts it down first. The
 * caller sees to it that no two use one folder at a time.
 */
public final class EmbeddedDatabase implements AutoCloseable {

    private static final List<String> SETTINGS = List.of(
            "fsync=on",
            "synchronous_commit=on",
            "full_page_writes=on",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=''",
            "log_min_messages=log", // the server's own affairs, not the errors of statements
            "log_min_error_statement=panic",
            "log_checkpoints=off");
    private static final long LOG_LIMIT = 1L << 20; // bytes
    private static final int ATTEMPTS = 3;

    private final PostgresCluster cluster;
    private final PostgresPrograms programs;
    private final int port;
    private final String password;

    private EmbeddedDatabase(PostgresCluster cluster, PostgresPrograms programs, int port, String password) {
        this.cluster = cluster;
        this.programs = programs;
        this.port = port;
        this.password = password;
    }

    /**
     * Starts the server on the files in a folder, which are made where there are none.
     *
     * @param settings PostgreSQL's settings as name=value, over those that LoraHub takes
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
            return new EmbeddedDatabase(cluster, programs, start(cluster, programs, log, settings), password);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServeException("LoraHub was interrupted while PostgreSQL started.", e);
        } catch (IOException e) {
            throw new ServeException(
                    "The database's folder %s cannot be used: %s.".formatted(folder, EngineException.reason(e)), e);
        }
    }

    /**
     * Ends a server that a killed LoraHub left running. A file whose process is gone is PostgreSQL's own to judge, as it
     * also looks for what else such a server left; one whose number is another program's by now would mislead it.
     */
    private static void stopLeftOver(PostgresCluster cluster, PostgresPrograms programs) throws IOException {
        PostmasterFile left = PostmasterFile.in(cluster.data()).orElse(null);
        if (left == null || left.process().isEmpty()) return;
        if (left.isOfPostgresHere()) {
            stop(cluster, programs);
        } else if (left.isOfPostgres()) {
            throw new ServeException(
                    "%s names process %d, a PostgreSQL that LoraHub did not start here; stop it, or delete the file if that process does not use this directory."
                            .formatted(left.file(), left.pid()));
        } else {
            Files.delete(left.file());
        }
    }

    private static int start(PostgresCluster cluster, PostgresPrograms programs, Path log, String... settings)
            throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(SETTINGS);
        all.addAll(List.of(settings));
        PostgresProgram.Ended ended = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) { // the port may be taken meanwhile
            int port = freePort();
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
            Thread.sleep(500); // what a killed server left ends by itself
        }
        throw new ServeException("PostgreSQL did not start on %s; %s says why. (%s)"
                .formatted(cluster.data(), log, ended.output().strip()));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
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

    /** The address of the server that runs on this folder, if one does. */
    static Optional<String> running(Path folder) {
        return PostmasterFile.in(folder.toAbsolutePath().resolve("data"))
                .filter(PostmasterFile::isOfPostgresHere)
                .map(running -> jdbcUrl(running.port()));
    }

    public String username() {
        return PostgresCluster.OWNER;
    }

    public String password() {
        return password;
    }

    /** Ends the server after what is under way there was written; connections that are open end. */
    @Override
    public void close() {
        stop(cluster, programs);
    }
}
