package io.lorahub.bench.soak;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.report.BenchOutput;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A visitor's page of a run, which follows its events and connects again as run.js and browsers do. */
final class LivePage {

    /** A page that hears nothing for so long connects again; the hub sends a beat every 15 seconds. */
    private static final int SILENCE_MILLIS = 40_000;

    private static final long AGAIN_MILLIS = 1_000;

    private final URI address;
    private final Consumer<String> lost;
    private final TreeSet<Integer> points = new TreeSet<>();

    /** @param lost told why it connects again */
    LivePage(URI hub, String run, Consumer<String> lost) {
        this.address = hub.resolve("/runs/%s/events".formatted(run));
        this.lost = lost;
    }

    /**
     * Watches until the run has ended.
     *
     * @return the numbers of the points that it has then, such as {@code 1,2,3}
     */
    String watch() throws InterruptedException {
        while (true) {
            try {
                if (hasEnded()) return points.stream().map(String::valueOf).collect(Collectors.joining(","));
                lost.accept("The stream ended.");
            } catch (IOException e) {
                lost.accept(e.getMessage());
            }
            Thread.sleep(AGAIN_MILLIS);
        }
    }

    private boolean hasEnded() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
        connection.setConnectTimeout(SILENCE_MILLIS);
        connection.setReadTimeout(SILENCE_MILLIS);
        connection.setRequestProperty("Accept", "text/event-stream");
        if (!points.isEmpty()) {
            connection.setRequestProperty("Last-Event-ID", points.last().toString());
        }
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            String event = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("event:")) event = line.substring(6).strip();
                if (!line.startsWith("data:")) continue;
                if (event.equals("end")) return true;
                if (event.equals("evaluations")) take(BenchOutput.JSON.readTree(line.substring(5)));
            }
            return false;
        } finally {
            connection.disconnect();
        }
    }

    /** One with the number of an earlier point replaces it and all after it. */
    private void take(JsonNode sent) {
        for (JsonNode point : sent) {
            int number = point.get(0).asInt();
            points.tailSet(number).clear();
            points.add(number);
        }
    }
}
