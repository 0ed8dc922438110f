package io.lorahub.bench.siege;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.hub.HubUnderTest;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.process.MemoryWatch;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.bench.report.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Attacks a hub one by one and then with everything at once, and measures what others notice. */
final class Siege {

    /** After the clients have left. */
    private static final Duration AFTER = Duration.ofSeconds(5);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HubUnderTest hub;
    private final Target target;
    private final BenchProgress progress;
    private final Duration time;

    Siege(HubUnderTest hub, Target target, BenchProgress progress, Duration time) {
        this.hub = hub;
        this.target = target;
        this.progress = progress;
        this.time = time;
    }

    ArrayNode run(List<Attack> attacks) throws IOException, InterruptedException {
        ArrayNode results = BenchOutput.JSON.createArrayNode();
        List<Attack.Prepared> all = new ArrayList<>();
        progress.say("Without an attack");
        results.add(measured("none", List.of(), List.of()));
        for (Attack attack : attacks) {
            progress.say("Attack: " + attack.name());
            Attack.Prepared prepared = attack.prepare(target);
            all.add(prepared);
            results.add(measured(attack.name(), List.of(attack), List.of(prepared)));
        }
        progress.say("All at once");
        results.add(measured("all at once", attacks, all));
        return results;
    }

    private ObjectNode measured(String name, List<Attack> attacks, List<Attack.Prepared> prepared)
            throws IOException, InterruptedException {
        List<Thread> threads = new ArrayList<>();
        ObjectNode result = BenchOutput.JSON.createObjectNode().put("attack", name);
        try (StatusWatch status = new StatusWatch(hub.address());
                MemoryWatch memory = new MemoryWatch(hub.pid())) {
            for (int i = 0; i < attacks.size(); i++) {
                for (int number = 0; number < attacks.get(i).clients(); number++) {
                    threads.add(client(prepared.get(i).client(), number));
                }
            }
            threads.forEach(Thread::start);
            Thread.sleep(time.toMillis() / 2);
            int most = threads();
            result.put("import_begins_seconds", importBegins(name));
            long start = System.nanoTime();
            boolean held = true;
            for (Attack.Prepared one : prepared) {
                if (one.defence().isPresent()) {
                    held &= holds(one.defence().get(), start);
                    result.put("defence_holds", held).put("defence_seconds", (System.nanoTime() - start) / 1e9);
                }
            }
            Thread.sleep(time.toMillis() / 2);
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) thread.join(AFTER.toMillis());
            Duration before = hub.computed();
            Thread.sleep(AFTER.toMillis());
            Samples seconds = status.seconds();
            return result.put("clients", threads.size())
                    .put("status_median_seconds", seconds.median())
                    .put("status_worst_seconds", seconds.quantile(1))
                    .put("status_asked", seconds.sorted().length)
                    .put("status_failed", status.failed())
                    .put("threads", most)
                    .put(
                            "resident_peak_bytes",
                            memory.measured().path("resident_peak_bytes").asLong())
                    .put(
                            "live_heap_after_bytes",
                            JavaProcess.liveHeap(hub.pid()).orElse(0L))
                    .put("computed_after_seconds", hub.computed().minus(before).toMillis() / 1e3)
                    .put("after_seconds", AFTER.toSeconds());
        }
    }

    /** A client that is refused or cut off begins again. */
    private static Thread client(Attack.Client client, int number) {
        Thread thread = new Thread(
                () -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        try {
                            client.act(number);
                        } catch (IOException e) {
                            if (pause()) return;
                        } catch (InterruptedException e) {
                            return;
                        }
                    }
                },
                "client-" + number);
        thread.setDaemon(true);
        return thread;
    }

    private static boolean pause() {
        try {
            Thread.sleep(100);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** Whether it does within the patience; a busy hub may ask to try again. */
    private static boolean holds(Attack.Defence defence, long start) throws InterruptedException {
        while (System.nanoTime() - start < PATIENCE.toNanos()) {
            try {
                if (defence.holds()) return true;
            } catch (IOException e) {
                // the next try tells
            }
            Thread.sleep(100);
        }
        return false;
    }

    private int threads() throws IOException {
        Path tasks = Path.of("/proc", Long.toString(hub.pid()), "task");
        if (!Files.isDirectory(tasks)) return 0;
        try (var entries = Files.list(tasks)) {
            return (int) entries.count();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Seconds until another member's import is no longer waiting. */
    private double importBegins(String attack) throws IOException, InterruptedException {
        String token = target.member("visitor-" + attack.replace(' ', '-').toLowerCase(java.util.Locale.ROOT));
        long start = System.nanoTime();
        JsonNode begun =
                target.ask("POST", "/api/v1/imports", token, target.other().request(SiegeBenchCommand.FAST));
        while (begun != null
                && begun.path("state").asText().equals("waiting")
                && System.nanoTime() - start < PATIENCE.toNanos()) {
            Thread.sleep(100);
            begun = target.ask("GET", begun.path("url").asText(), token, null);
        }
        return begun == null ? PATIENCE.toSeconds() : (System.nanoTime() - start) / 1e9;
    }
}
