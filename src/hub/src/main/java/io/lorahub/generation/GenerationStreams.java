package io.lorahub.generation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.database.ChangeEvents;
import io.lorahub.job.Jobs;
import io.lorahub.job.PeriodicTasks;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * What workers write for the requests that this process answers. Workers notify it of new pieces, which one thread reads for
 * all requests together. A request that no worker takes, or whose worker is gone, fails.
 */
@ApplicationScoped
class GenerationStreams {

    /** Receives what is written, on the thread that reads for all, so it must not wait for anything. */
    interface Reader {

        /**
         * @param last whether the request is complete with these
         * @throws ProblemException if the request fails with them
         */
        void written(List<GenerationEvent> events, boolean last);

        /** The request has failed; nothing follows. */
        void failed(ProblemException why);
    }

    private static final Logger LOG = Logger.getLogger(GenerationStreams.class);

    private static final Counter READ = tokens("read");
    private static final Counter WRITTEN = tokens("written");

    private static final Timer FIRST_TOKEN = Timer.builder("lorahub.generation.first.token")
            .description("Time from a request for a text to its first token")
            .serviceLevelObjectives(java.util.stream.Stream.of(100, 300, 1000, 3000, 10_000)
                    .map(Duration::ofMillis)
                    .toArray(Duration[]::new))
            .register(Metrics.globalRegistry);

    private static final Counter FAILURES = Counter.builder("lorahub.generation.failures")
            .description("Requests for texts that failed after they were queued")
            .register(Metrics.globalRegistry);

    private static final Duration CHECK = Duration.ofSeconds(1);
    private static final Duration SOON = Duration.ofSeconds(5);
    private static final TypeReference<List<GenerationEvent>> EVENTS = new TypeReference<>() {};

    private static final String PIECES = """
            select p.generation_id, p.number, p.events from generation_piece p
              join unnest(?, ?) as read (id, number) on p.generation_id = read.id and p.number > read.number
             order by p.generation_id, p.number""";

    private static final String STATES = """
            select g.id, g.state, q.picked, q.last_heartbeat,
                   coalesce(q.picked and q.last_heartbeat < now() - make_interval(secs => ?), false) as silent,
                   p.banned_at is not null as banned
              from generation g left join person p on p.id = g.person_id
              left join generation_queue q on q.task_name = '%s' and q.task_instance = g.id::text
             where g.id = any (?)""".formatted(Generations.KIND);

    private final Generations generations;
    private final GenerationConfig config;
    private final WorkerConfig workers;
    private final ChangeEvents events;
    private final DataSource database;
    private final ObjectMapper json;
    private final Map<UUID, Stream> open = new ConcurrentHashMap<>();

    /** Tokens of those that are closed here, but have not ended in the database. */
    private final Map<UUID, Integer> unended = new ConcurrentHashMap<>();

    private final Set<UUID> due = ConcurrentHashMap.newKeySet();
    private final PeriodicTasks reading = new PeriodicTasks("generation-reading");

    /** On a thread of its own, so that nobody's next piece waits for it. */
    private final PeriodicTasks endings = new PeriodicTasks("generation-endings");

    GenerationStreams(
            Generations generations,
            GenerationConfig config,
            WorkerConfig workers,
            ChangeEvents events,
            DataSource database,
            ObjectMapper json) {
        this.generations = generations;
        this.config = config;
        this.workers = workers;
        this.events = events;
        this.database = database;
        this.json = json;
        reading.every(CHECK, CHECK, this::check);
    }

    private static Counter tokens(String what) {
        return Counter.builder("lorahub.generation.tokens")
                .description("Tokens of prompts that were read, and of texts that were written")
                .tag("direction", what)
                .register(Metrics.globalRegistry);
    }

    void stop(@Observes ShutdownEvent event) {
        reading.close();
        endings.close();
    }

    private static final class Stream {
        private final UUID id;
        private final Reader reader;
        private final int prompt;
        private final Duration longest;
        private final long since = System.nanoTime();
        private final AutoCloseable watch;
        private int texts;
        private int written;
        private int number;
        private Timestamp silentSince;
        private boolean ended;

        Stream(UUID id, int texts, int prompt, Duration longest, Reader reader, AutoCloseable watch) {
            this.id = id;
            this.texts = texts;
            this.prompt = prompt;
            this.longest = longest;
            this.reader = reader;
            this.watch = watch;
        }

        private boolean isOlderThan(Duration age) {
            return System.nanoTime() - since > age.toNanos();
        }
    }

    /**
     * Reads what is written for a request that is queued.
     *
     * @param longest how long that can take
     */
    void open(UUID id, GenerationWork work, Duration longest, Reader reader) {
        AutoCloseable watch = events.watch(id, () -> read(id));
        READ.increment(work.read());
        open.put(id, new Stream(id, work.texts(), work.read(), longest, reader, watch));
        read(id);
    }

    /** Ends a generation whose caller has read it or has left. Does nothing if it has ended. */
    void close(UUID id) {
        Stream stream = open.remove(id);
        if (stream == null) return;
        ChangeEvents.end(stream.watch);
        unended.put(id, stream.prompt + stream.written);
        endings.soon(this::end);
    }

    /** Those that fail because of the database are tried again with the next check. */
    private void end() {
        unended.forEach((id, tokens) -> {
            generations.end(id, tokens);
            unended.remove(id);
        });
    }

    /** Number of requests that are being answered. */
    int size() {
        return open.size();
    }

    private void read(UUID id) {
        if (due.add(id)) reading.soon(this::read);
    }

    /** Reads what is new of all that are due. */
    private void read() {
        Set<UUID> ids = new HashSet<>(due);
        due.removeAll(ids);
        List<Stream> streams =
                ids.stream().map(open::get).filter(stream -> stream != null).toList();
        if (streams.isEmpty()) return;
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(PIECES)) {
            statement.setArray(1, ids(connection, streams));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "int4",
                            streams.stream().map(stream -> stream.number).toArray()));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) written(row.getObject(1, UUID.class), row.getInt(2), row.getString(3));
            }
        } catch (SQLException e) {
            due.addAll(ids); // the next check reads them
            LOG.debugf("Pieces of generations can't be read now: %s", e.getMessage());
        }
    }

    private static Array ids(Connection connection, List<Stream> streams) throws SQLException {
        return connection.createArrayOf(
                "uuid", streams.stream().map(stream -> stream.id).toArray());
    }

    private void written(UUID id, int number, String text) {
        Stream stream = open.get(id);
        if (stream == null) return;
        stream.number = number;
        List<GenerationEvent> events = events(text);
        for (GenerationEvent event : events) {
            if (event.failure() != null) {
                fail(stream, problem(event));
                return;
            }
            if (event.isToken()) {
                if (stream.written++ == 0) FIRST_TOKEN.record(System.nanoTime() - stream.since, TimeUnit.NANOSECONDS);
                WRITTEN.increment();
            }
            if (event.finish() != null) stream.texts--;
        }
        boolean last = stream.texts == 0;
        try {
            stream.reader.written(events, last);
            if (last) close(id);
        } catch (ProblemException e) {
            fail(stream, e);
        } catch (RuntimeException e) {
            LOG.debugf(e, "What was written can't be sent; the caller has left.");
            close(id);
        }
    }

    private List<GenerationEvent> events(String text) {
        try {
            return json.readValue(text, EVENTS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A worker has written something else than events.", e);
        }
    }

    private static ProblemException problem(GenerationEvent event) {
        ProblemType type = ProblemType.nearest(event.status());
        return type == ProblemType.UNAVAILABLE
                ? ProblemException.unavailable(event.failure(), SOON)
                : new ProblemException(type, type.headline, event.failure(), List.of(), Map.of());
    }

    private void fail(Stream stream, ProblemException why) {
        FAILURES.increment();
        try {
            stream.reader.failed(why);
        } finally {
            close(stream.id);
        }
    }

    /** Fails requests that nobody writes, and reads what notifications may have missed. */
    private void check() {
        if (!unended.isEmpty()) endings.soon(this::end);
        List<Stream> streams = List.copyOf(open.values());
        if (streams.isEmpty()) return;
        streams.forEach(stream -> due.add(stream.id));
        read();
        Set<UUID> found = new HashSet<>();
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(STATES)) {
            statement.setDouble(
                    1, workers.heartbeat().multipliedBy(Jobs.MISSED_HEARTBEATS).toMillis() / 1000.0);
            statement.setArray(2, ids(connection, streams));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Stream stream = open.get(row.getObject(1, UUID.class));
                    found.add(row.getObject(1, UUID.class));
                    if (stream != null) check(stream, row);
                }
            }
        } catch (SQLException e) {
            LOG.debugf("The states of generations can't be read now: %s", e.getMessage());
            return;
        }
        for (Stream stream : streams) {
            boolean gone = !found.contains(stream.id);
            if (gone && open.containsKey(stream.id)) fail(stream, ProblemException.unavailable(Generations.LOST, SOON));
        }
    }

    private void check(Stream stream, ResultSet row) throws SQLException {
        boolean ended = row.getString("state").equals(GenerationRecord.State.ENDED.name());
        boolean taken = row.getBoolean("picked");
        Timestamp heartbeat = row.getTimestamp("last_heartbeat");
        boolean silent = row.getBoolean("silent");
        if (row.getBoolean("banned")) {
            fail(stream, ProblemException.forbidden("This account is banned."));
        } else if (ended && stream.ended || silent && heartbeat.equals(stream.silentSince)) {
            fail(stream, ProblemException.unavailable(Generations.LOST, SOON)); // at the second look, like runs
        } else if (!ended && !taken && stream.number == 0 && stream.isOlderThan(config.patience())) {
            fail(
                    stream,
                    ProblemException.unavailable(
                            "No worker with enough memory for this model has been free within %d seconds. Try again later."
                                    .formatted(config.patience().toSeconds()),
                            SOON));
        } else if (stream.isOlderThan(stream.longest)) {
            fail(stream, ProblemException.unavailable("The text took too long. Ask for fewer tokens.", SOON));
        }
        stream.ended = ended;
        stream.silentSince = silent ? heartbeat : null;
    }
}
