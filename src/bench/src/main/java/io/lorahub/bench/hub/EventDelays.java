package io.lorahub.bench.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.report.BenchOutput;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;

/** Many watchers of one run's server-sent events, and when each of them saw each evaluation. */
final class EventDelays {

    /** @param at in seconds since 1970 */
    private record Seen(int number, double at) {}

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ConcurrentLinkedQueue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final Map<Integer, Boolean> begun = new ConcurrentHashMap<>();
    private final List<CompletableFuture<?>> watchers = new ArrayList<>();

    void watch(URI hub, UUID run, int count) {
        URI events = hub.resolve("/runs/%s/events".formatted(run));
        for (int i = 0; i < count; i++) {
            int number = i;
            watchers.add(http.sendAsync(
                    HttpRequest.newBuilder(events).build(), BodyHandlers.fromLineSubscriber(new Lines(number))));
        }
    }

    /** Number of watchers that have received something. */
    int begun() {
        return begun.size();
    }

    void awaitEnd() {
        CompletableFuture.allOf(watchers.toArray(CompletableFuture[]::new)).join();
    }

    /** Seconds from the recording of each evaluation after a number until each watcher saw it. */
    List<Double> after(int number, Map<Integer, Double> noted) {
        return seen.stream()
                .filter(s -> s.number() > number && noted.containsKey(s.number()))
                .map(s -> s.at() - noted.get(s.number()))
                .toList();
    }

    private final class Lines implements Flow.Subscriber<String> {

        private final int watcher;
        private String name = "";

        Lines(int watcher) {
            this.watcher = watcher;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            if (line.startsWith("event:")) name = line.substring(6).strip();
            if (!line.startsWith("data:")) return;
            begun.put(watcher, true);
            if (name.equals("evaluations")) take(line.substring(5), System.currentTimeMillis() / 1e3);
        }

        private void take(String points, double now) {
            try {
                for (JsonNode point : BenchOutput.JSON.readTree(points)) {
                    seen.add(new Seen(point.get(0).asInt(), now));
                }
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("The event \"%s\" isn't JSON.".formatted(points), e);
            }
        }

        @Override
        public void onError(Throwable thrown) {
            begun.put(watcher, true); // what it missed shows in the count
        }

        @Override
        public void onComplete() {
            begun.put(watcher, true);
        }
    }
}
