package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.composition.live.EventWatcher;
import io.lorahub.testsupport.server.S3ProxyServer;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two web and three worker processes on one PostgreSQL and one S3 server: workers are killed in the middle of their runs,
 * a web process is restarted, and nobody notices.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class PoolIT {

    private static final int RUNS = 30;
    private static final int WORKERS = 3;
    private static final int KILLS = 6;
    private static final int TERMINATED = 128 + 15;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final List<String> TASKS = List.of("un-past", "re-past", "the-plural");

    @TempDir
    Path folder;

    private final Random random = new Random(7);
    private HubPool hub;

    @BeforeEach
    void start() throws Exception {
        hub = new HubPool(folder, S3ProxyServer.shared(), 2, WORKERS);
    }

    @AfterEach
    void stop() throws Exception {
        if (hub != null) hub.close();
    }

    @Test
    void runs_end_as_undisturbed_ones_and_watchers_miss_nothing() throws Exception {
        List<HubPool.Kind> kinds = List.of(
                new HubPool.Kind(TASKS.get(0), 1, 40),
                new HubPool.Kind(TASKS.get(1), 2, 60),
                new HubPool.Kind(TASKS.get(2), 3, 50));
        List<UUID> runs = new ArrayList<>();
        for (int i = 0; i < RUNS; i++) runs.add(hub.post(kinds.get(i % kinds.size()), i));
        try (Connection connection = hub.connect();
                PreparedStatement share = connection.prepareStatement("update composition_run set shared = true")) {
            assertThat(share.executeUpdate()).isEqualTo(RUNS);
        }
        ExecutorService threads = Executors.newCachedThreadPool();
        try {
            List<URI> addresses = hub.addresses();
            List<Future<List<Integer>>> watchers = new ArrayList<>();
            for (int i = 0; i < RUNS; i++) {
                List<URI> order = i % 2 == 0 ? addresses : List.of(addresses.get(1), addresses.get(0));
                watchers.add(threads.submit(new EventWatcher(order, runs.get(i))));
            }

            disturb();
            await().atMost(PATIENCE).until(() -> hub.waitingOrRunning() == 0);

            List<Map<String, Double>> expected =
                    kinds.stream().map(HubPool::undisturbed).toList();
            for (int i = 0; i < RUNS; i++) {
                int logged = hub.check(runs.get(i), expected.get(i % kinds.size()));
                assertThat(watchers.get(i).get(1, TimeUnit.MINUTES))
                        .as("what the watcher of %s saw", runs.get(i))
                        .isEqualTo(IntStream.rangeClosed(1, logged).boxed().toList());
            }
            assertThat(Integer.parseInt(
                            hub.ask("select count(*) from composition_note where text like '%was lost after%'")))
                    .as("runs that were taken from a killed worker")
                    .isPositive();
        } finally {
            threads.shutdownNow();
        }
    }

    /** Each time in the middle of a run, until too few are left. */
    private void disturb() throws Exception {
        for (int i = 0; i < KILLS && hub.waitingOrRunning() > WORKERS; i++) {
            int place = random.nextInt(WORKERS);
            HubPool.WorkerProcess victim = hub.workers().get(place);
            await().atMost(PATIENCE).until(() -> hub.holdsRun(victim) || hub.waitingOrRunning() == 0);
            if (i == 2) {
                assertThat(victim.process().terminate()).isEqualTo(TERMINATED);
            } else {
                victim.process().kill();
            }
            hub.workers().set(place, hub.newWorker());
            if (i == 3) restartWeb();
            hub.workers().get(place).process().awaitUrl();
        }
    }

    private void restartWeb() throws Exception {
        assertThat(hub.webs().get(1).terminate()).isEqualTo(TERMINATED);
        hub.webs().set(1, hub.web(1));
        hub.webs().get(1).awaitUrl();
    }
}
