package io.lorahub.generation.worker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.generation.GenerationEvent;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The thread that stores what workers write goes on after failures that nobody expects. */
class GenerationWriterTest {

    private static final Duration SOON = Duration.ofSeconds(30);

    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>(
            List.of(new IllegalStateException("no pool"), new StackOverflowError("too deep")));

    /** Fails with each of the failures once. */
    private final DataSource database = (DataSource) Proxy.newProxyInstance(
            DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, given) -> {
                throw failures.remove();
            });

    private final GenerationWriter writer = new GenerationWriter(database, new ObjectMapper());

    @AfterEach
    void stop() {
        writer.stop();
    }

    private CompletableFuture<Void> written() {
        UUID generation = UUID.randomUUID();
        writer.add(generation, GenerationEvent.end(0, "text", "stop"));
        return writer.finish(generation);
    }

    @Test
    void what_can_t_be_stored_fails_its_request_and_no_other() {
        assertThat(written())
                .failsWithin(SOON)
                .withThrowableThat()
                .havingRootCause()
                .withMessage("no pool");
        assertThat(written())
                .failsWithin(SOON)
                .withThrowableThat()
                .havingRootCause()
                .withMessage("too deep");

        // nothing to store, so this needs no database
        assertThat(writer.finish(UUID.randomUUID())).succeedsWithin(SOON);
    }

    @Test
    void nothing_follows_a_gap() {
        UUID generation = UUID.randomUUID();
        writer.add(generation, GenerationEvent.end(0, "first", "stop"));
        while (failures.size() == 2) Thread.onSpinWait(); // its batch has failed
        writer.add(generation, GenerationEvent.end(1, "second", "stop"));

        assertThat(writer.finish(generation))
                .failsWithin(SOON)
                .withThrowableThat()
                .havingRootCause()
                .withMessage("no pool");
        assertThat(failures).as("the second event is not stored").hasSize(1);
    }
}
