package io.lorahub.bench.hub;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests pages at fixed times, whether earlier ones have arrived or not, as visitors do. A page's time counts from
 * when it was due, so that a server that stalls is charged for the requests it delayed ("coordinated omission").
 */
public final class OpenLoop {

    private static final Duration LONGEST = Duration.ofMinutes(2);

    /**
     * @param seconds until the whole page had arrived
     * @param status  0 without an answer
     */
    public record Answer(PageTraffic.Kind kind, String path, double seconds, int status) {

        boolean good() {
            return status == 200;
        }
    }

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI hub;
    private final PageTraffic traffic;

    public OpenLoop(URI hub, PageTraffic traffic) {
        this.hub = hub;
        this.traffic = traffic;
    }

    /** @param rate requests a second */
    public Collection<Answer> run(double rate, Duration time) {
        Collection<Answer> answers = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<?>> asked = new ArrayList<>();
        long count = Math.round(rate * time.toMillis() / 1e3);
        long start = System.nanoTime();
        for (long i = 0; i < count; i++) {
            PageTraffic.Visit visit = traffic.next();
            HttpRequest request = HttpRequest.newBuilder(hub.resolve(visit.path()))
                    .timeout(LONGEST)
                    .header("Accept", "text/html, application/json")
                    .header("Accept-Encoding", "gzip")
                    .build();
            long due = start + Math.round(i * 1e9 / rate);
            await(due);
            asked.add(http.sendAsync(request, BodyHandlers.discarding()).handle((answer, failure) -> {
                int status = failure == null ? answer.statusCode() : 0;
                return answers.add(new Answer(visit.kind(), visit.path(), (System.nanoTime() - due) / 1e9, status));
            }));
        }
        CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).join();
        return answers;
    }

    private static void await(long due) {
        long left = due - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = due - System.nanoTime();
        }
    }
}
