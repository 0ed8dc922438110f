package io.lorahub.bench.hub;

import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.report.Seconds;
import io.lorahub.cli.Main;
import io.lorahub.engine.error.EngineException;
import io.lorahub.job.JobQueue;
import io.lorahub.serve.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/** The packaged hub in a process of its own, on a real PostgreSQL, in a new folder that is deleted at the end. */
public final class HubUnderTest implements AutoCloseable {

    /** After the initial data of a new hub has been loaded. */
    private static final Pattern LOADED = Pattern.compile("(Ctrl-C ends it)");

    private static final Pattern URL = Pattern.compile("LoraHub +(http://\\S+)");
    private static final Pattern WORKS = Pattern.compile("a worker; its health is at (\\S+)");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path folder;
    private final EmbeddedDatabase database;
    private final Thread atExit = new Thread(this::end, "bench-end");
    private final List<Process> workers = new ArrayList<>();
    private final List<Process> others = new ArrayList<>();
    private Path program = program();
    private int started;
    private Process process;
    private URI address;

    private HubUnderTest(Path folder, EmbeddedDatabase database) {
        this.folder = folder;
        this.database = database;
        Runtime.getRuntime().addShutdownHook(atExit); // cleans up after Ctrl-C
    }

    /** With an empty, durable database; the hub is not running yet. */
    static HubUnderTest in(Path parent) {
        try {
            Path folder = Files.createTempDirectory(Files.createDirectories(parent), "lorahub-bench-")
                    .toAbsolutePath();
            return new HubUnderTest(folder, EmbeddedDatabase.start(folder.resolve("postgres")));
        } catch (IOException e) {
            throw new UncheckedIOException("The hub's folder cannot be created in %s.".formatted(parent), e);
        }
    }

    /** The program of another build, such as an older one, from the next start on. */
    public void use(Path other) {
        program = other;
    }

    public Path folder() {
        return folder;
    }

    /** What PostgreSQL logs. */
    Path databaseLog() {
        return folder.resolve("postgres/postgresql.log");
    }

    public URI address() {
        return address;
    }

    public long pid() {
        return process.pid();
    }

    /** Its processor time so far, without its database. */
    public Duration computed() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    public Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
    }

    /** The first column of the first row. */
    public String ask(String sql) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new EngineException("The hub's database does not answer: %s".formatted(e.getMessage()), e);
        }
    }

    /** The variables by which a process uses its PostgreSQL. */
    public Map<String, String> databaseSettings() {
        return Map.of(
                "LORAHUB_DATABASE_URL", database.jdbcUrl(),
                "LORAHUB_DATABASE_USERNAME", database.username(),
                "LORAHUB_DATABASE_PASSWORD", database.password());
    }

    /** Number of jobs in all queues, without those that recur. */
    public long jobs() {
        String all = Stream.of(JobQueue.values())
                .map(queue -> "select from %s where task_instance <> 'recurring'".formatted(queue.table()))
                .collect(Collectors.joining(" union all "));
        return Long.parseLong(ask("select count(*) from (%s) job".formatted(all)));
    }

    /** Where its PostgreSQL listens. */
    public InetSocketAddress database() {
        URI url = URI.create(database.jdbcUrl().substring("jdbc:".length()));
        return new InetSocketAddress(url.getHost(), url.getPort());
    }

    /** @return seconds until it answered */
    double start() {
        return start(Map.of("LORAHUB_DEMO_LOAD", "false"));
    }

    /**
     * @param settings by the names of their variables
     * @return seconds until it answered
     */
    public double start(Map<String, String> settings, String... options) {
        List<String> words = new ArrayList<>(List.of("serve", "--port", "0"));
        words.addAll(List.of(options));
        Path log = folder.resolve("hub.log");
        process = begin(log, settings, words);
        double seconds = Seconds.of(() -> address = URI.create(await(process, log, URL)));
        await(process, log, LOADED);
        return seconds;
    }

    /** Starts one more worker, and returns when it takes runs. */
    public void startWorker() {
        Path log = folder.resolve("worker-%d.log".formatted(++started));
        Process worker = begin(log, Map.of(), List.of("worker", "--device", "cpu"));
        workers.add(worker);
        await(worker, log, WORKS);
    }

    /**
     * Begins another process, which can have its own data folder.
     *
     * @param log what it says
     */
    public Process begin(Path log, Map<String, String> settings, String... words) {
        Process other = begin(log, settings, List.of(words));
        others.add(other);
        return other;
    }

    /** Returns when a process that was begun answers. */
    public static void awaitStart(Process process, Path log) {
        await(process, log, LOADED);
    }

    private Process begin(Path log, Map<String, String> settings, List<String> words) {
        List<String> arguments = new ArrayList<>(words);
        if (!words.contains("--data")) arguments.addAll(List.of("--data", folder + "/data"));
        ProcessBuilder builder = new ProcessBuilder(
                        JavaProcess.command(JavaProcess.SERVER_FLAGS, program, arguments.toArray(String[]::new)))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LORAHUB_"));
        builder.environment().putAll(databaseSettings());
        builder.environment().putAll(settings);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("The hub cannot be started.", e);
        }
    }

    private static String await(Process process, Path log, Pattern sign) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (System.nanoTime() < end && !process.waitFor(10, TimeUnit.MILLISECONDS)) {
                Matcher match = sign.matcher(Files.readString(log));
                if (match.find()) return match.group(1);
            }
            throw new EngineException("The hub did not start; it said: %s".formatted(Files.readString(log)));
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be read.".formatted(log), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("The measurement was interrupted.", e);
        }
    }

    /** Kills the worker that was started first. */
    public void killWorker() throws InterruptedException {
        workers.remove(0).destroyForcibly().waitFor();
    }

    /** The process of the worker that was started last. */
    public long lastWorker() {
        return workers.get(workers.size() - 1).pid();
    }

    public void stopWorkers() {
        workers.forEach(HubUnderTest::stop);
        workers.clear();
    }

    public void stop() {
        stopWorkers();
        if (process != null) stop(process);
    }

    /** As a power failure does. */
    public void kill() throws InterruptedException {
        workers.add(process);
        for (Process killed : workers) killed.destroyForcibly();
        for (Process killed : workers) killed.waitFor();
        workers.clear();
    }

    private static void stop(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS))
                process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** The program that this one belongs to, {@code target/quarkus-app/quarkus-run.jar} of a checkout. */
    public static Path program() {
        try {
            Path own = Path.of(Main.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            // a jar inside of the packaged hub, app/lorahub-cli.jar; in tests, src/cli/target/classes
            Path inside = own.getParent().resolveSibling("quarkus-run.jar");
            Path program = Files.isRegularFile(inside)
                    ? inside
                    : own.resolve("../../../../target/quarkus-app/quarkus-run.jar")
                            .normalize();
            if (!Files.isRegularFile(program)) {
                throw new EngineException(
                        "The hub is not built: there is no %s. Run ./lorahub once.".formatted(program));
            }
            return program;
        } catch (URISyntaxException e) {
            throw new EngineException("LoraHub's own location is unknown.", e);
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(atExit);
        end();
    }

    private void end() {
        others.forEach(Process::destroyForcibly);
        stop();
        database.close();
        try {
            PathUtils.deleteDirectory(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be deleted.".formatted(folder), e);
        }
    }
}
