package io.lorahub.bench.siege;

import io.lorahub.bench.report.Samples;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Another person, who asks for a page again and again. */
final class StatusWatch implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final long PAUSE_MILLIS = 100;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
    private final HttpRequest request;
    private final Thread thread = new Thread(this::watch, "status-watch");
    private final List<Double> seconds = new ArrayList<>();
    private int failed;

    StatusWatch(URI hub) {
        request =
                HttpRequest.newBuilder(hub.resolve("/status")).timeout(TIMEOUT).build();
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            while (true) {
                long start = System.nanoTime();
                boolean good;
                try {
                    good = http.send(request, BodyHandlers.discarding()).statusCode() == 200;
                } catch (IOException e) {
                    good = false;
                }
                synchronized (this) {
                    seconds.add((System.nanoTime() - start) / 1e9);
                    if (!good) failed++;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    synchronized Samples seconds() {
        return Samples.of(List.copyOf(seconds));
    }

    synchronized int failed() {
        return failed;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
