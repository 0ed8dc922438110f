package io.lorahub.generation.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.database.ChangeEvents;
import io.lorahub.generation.GenerationEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import javax.sql.DataSource;
import org.jboss.logging.Logger;

/**
 * Brings what this worker writes to the web processes. One thread stores, in one transaction, whatever the requests have got
 * while it stored the last, so a token waits for nothing, and many requests need no more transactions than one.
 */
@ApplicationScoped
class GenerationWriter {

    private static final Logger LOG = Logger.getLogger(GenerationWriter.class);

    /**
     * Of a generation that has ended because its caller has left, or was deleted with its member, nothing is stored. The lock
     * keeps a caller from leaving meanwhile, who would not delete what is stored then. A second try stores nothing twice.
     */
    private static final String INSERT = """
            insert into generation_piece (generation_id, number, events)
            select piece.id, piece.number, piece.events from unnest(?, ?, ?) as piece (id, number, events)
              join generation g on g.id = piece.id and g.state <> 'ENDED'
               for share of g
            on conflict do nothing""";

    /** How long an outage of the database can last before what was written meanwhile is dropped. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final Duration PAUSE = Duration.ofMillis(200);

    /** What is to be stored: an event, or a future that completes when all before it is stored. */
    private record Entry(UUID id, GenerationEvent event, CompletableFuture<Void> stored) {}

    private record Piece(UUID id, int number, String events) {}

    private final DataSource database;
    private final ObjectMapper json;
    private final BlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::work, "generation-writer");

    /** Numbers of the last pieces; used by the thread only. */
    private final Map<UUID, Integer> numbers = new HashMap<>();

    /** Why events of requests could not be stored, after which nothing else of them is; used by the thread only. */
    private final Map<UUID, Throwable> lost = new HashMap<>();

    private boolean started;
    private volatile boolean stopped;

    GenerationWriter(DataSource database, ObjectMapper json) {
        this.database = database;
        this.json = json;
        thread.setDaemon(true);
    }

    /** Stores an event soon. Never waits. */
    void add(UUID id, GenerationEvent event) {
        add(new Entry(id, event, null));
    }

    /** Completes when all events of a request are stored, after which there are no more; exceptionally if they can't be. */
    CompletableFuture<Void> finish(UUID id) {
        Entry last = new Entry(id, null, new CompletableFuture<>());
        add(last);
        return last.stored;
    }

    private void add(Entry entry) {
        queue.add(entry);
        synchronized (this) {
            if (!started) thread.start();
            started = true;
        }
    }

    private void work() {
        List<Entry> entries = new ArrayList<>();
        try {
            while (!stopped) {
                entries.add(queue.take());
                try {
                    queue.drainTo(entries);
                    store(entries);
                } catch (RuntimeException | Error e) { // without this thread, all further requests would wait for ever
                    lose(entries, e);
                }
                entries.clear();
            }
        } catch (InterruptedException e) {
            LOG.debugf("%d events of generations are not stored any more.", entries.size() + queue.size());
        }
    }

    /** Ends those requests whose last event is among these now, and the others with their last event. */
    private void lose(List<Entry> entries, Throwable why) {
        for (Entry entry : entries) lost.put(entry.id, why);
        entries.forEach(this::finish);
        try {
            LOG.errorf(why, "%d events of generations could not be stored.", entries.size());
        } catch (OutOfMemoryError e) {
            // the memory is another thread's, and there is none to say so
        }
    }

    private void finish(Entry entry) {
        if (entry.stored == null) return;
        numbers.remove(entry.id);
        Throwable why = lost.remove(entry.id);
        if (why == null) entry.stored.complete(null);
        else entry.stored.completeExceptionally(why);
    }

    private void store(List<Entry> entries) throws InterruptedException {
        List<Piece> pieces = pieces(entries);
        long end = System.nanoTime() + PATIENCE.toNanos();
        Exception failure = null;
        while (!pieces.isEmpty()) {
            try {
                store(pieces.toArray(Piece[]::new));
                failure = null;
                break;
            } catch (SQLException e) {
                failure = e;
                LOG.debugf("What was written can't be stored now: %s", e.getMessage());
                if (System.nanoTime() > end) break;
                Thread.sleep(PAUSE.toMillis());
            }
        }
        if (failure != null) for (Piece piece : pieces) lost.put(piece.id, failure);
        entries.forEach(this::finish);
    }

    /** One for each request. */
    private List<Piece> pieces(List<Entry> entries) {
        Map<UUID, List<GenerationEvent>> events = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (entry.event != null && !lost.containsKey(entry.id))
                events.computeIfAbsent(entry.id, id -> new ArrayList<>()).add(entry.event);
        }
        List<Piece> pieces = new ArrayList<>();
        events.forEach((id, some) -> pieces.add(new Piece(id, numbers.merge(id, 1, Integer::sum), text(some))));
        return pieces;
    }

    private String text(List<GenerationEvent> events) {
        try {
            return json.writeValueAsString(events);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Texts and numbers can be written as JSON.", e);
        }
    }

    private void store(Piece[] pieces) throws SQLException {
        UUID[] ids = new UUID[pieces.length];
        Object[] places = new Object[pieces.length];
        Object[] events = new Object[pieces.length];
        for (int i = 0; i < pieces.length; i++) {
            ids[i] = pieces[i].id;
            places[i] = pieces[i].number;
            events[i] = pieces[i].events;
        }
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
                statement.setArray(1, connection.createArrayOf("uuid", ids));
                statement.setArray(2, connection.createArrayOf("int4", places));
                statement.setArray(3, connection.createArrayOf("text", events));
                statement.executeUpdate();
                ChangeEvents.changed(connection, ids);
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        }
    }

    @PreDestroy
    void stop() {
        stopped = true;
        thread.interrupt();
    }
}
