package io.lorahub.composition.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;

/**
 * Watches a run's events until its end as a browser does (HTML standard, 9.2): after a lost connection it asks the next
 * server for the events after the last one.
 */
public final class EventWatcher implements Callable<List<Integer>> {

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final List<URI> servers;
    private final UUID run;
    private final List<Integer> seen = new ArrayList<>();
    private String last = "";
    private String end;

    /** @param servers in the order in which they are asked */
    public EventWatcher(List<URI> servers, UUID run) {
        this.servers = servers;
        this.run = run;
    }

    /** The numbers of the evaluations in the order in which they came. */
    @Override
    public List<Integer> call() throws InterruptedException {
        for (int attempt = 0; end == null; attempt++) {
            try {
                read(servers.get(attempt % servers.size()));
            } catch (IOException | UncheckedIOException e) {
                // the next attempt asks the other server, which is there
            }
        }
        return seen;
    }

    private void read(URI server) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve("/runs/" + run + "/events"));
        if (!last.isEmpty()) request.header("Last-Event-ID", last);
        var answer = http.send(request.build(), BodyHandlers.ofInputStream());
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) throw new IOException("status " + answer.statusCode());
            BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
            String name = "";
            String id = "";
            StringBuilder data = new StringBuilder();
            for (String line = lines.readLine(); line != null && end == null; line = lines.readLine()) {
                if (line.isEmpty()) { // an event counts when it is whole
                    take(name, data.toString());
                    if (!id.isEmpty()) last = id;
                    name = "";
                    id = "";
                    data.setLength(0);
                } else if (line.startsWith("event:")) {
                    name = line.substring(6).strip();
                } else if (line.startsWith("id:")) {
                    id = line.substring(3).strip();
                } else if (line.startsWith("data:")) {
                    data.append(line.substring(5).strip());
                }
            }
        }
    }

    private void take(String name, String data) throws IOException {
        if (name.equals("evaluations")) {
            for (JsonNode point : new ObjectMapper().readTree(data))
                seen.add(point.get(0).asInt());
        } else if (name.equals("end")) {
            end = data;
        }
    }
}
