package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A composition run on a hub: started exactly once, even if the connection fails, and followed to its end. */
public final class RemoteRun {

    private static final String RUNS = "/api/v1/runs";
    private static final Duration PACE = Duration.ofMillis(500);

    /** Of the API. */
    public static final int PAGE = 50;

    /** A restart of the hub or its database takes less. */
    private static final Duration LONGEST_ABSENCE = Duration.ofMinutes(15);

    /** Responses of a hub that is starting or too busy. */
    private static final Set<Integer> PASSING = Set.of(408, 429, 500, 502, 503, 504);

    private final HubClient hub;
    private final String id;
    private final String page;

    private RemoteRun(HubClient hub, JsonNode run) {
        this.hub = hub;
        this.id = run.path("id").asText();
        this.page = run.path("page").asText();
    }

    /** Receives the progress of a run. */
    public interface Listener {

        /** @param run as the API shows it */
        void moved(JsonNode run);

        /** The hub does not answer; it is asked again. */
        void lost(String why);
    }

    /**
     * Starts a run. If the response is lost, the request is repeated with the same key, so there is never a second
     * run.
     *
     * @throws RemoteException if the hub refuses it
     */
    public static RemoteRun start(HubClient hub, ObjectNode request) {
        String key = UUID.randomUUID().toString();
        RetryPolicy retries = new RetryPolicy();
        try {
            return new RemoteRun(hub, hub.post(RUNS, request, key));
        } catch (ConnectionLost e) {
            if (!e.wasEstablished()) throw e; // nobody waits a minute for a hub at a wrong address
            retries.wait(e);
        }
        return new RemoteRun(hub, retries.until(() -> hub.post(RUNS, request, key)));
    }

    /** A run that was started before. @throws RemoteException if the user has none of this id */
    public static RemoteRun of(HubClient hub, String id) {
        return new RemoteRun(hub, hub.get(path(id)));
    }

    /** The user's newest {@value #PAGE}, newest first, as the API shows them. */
    public static JsonNode list(HubClient hub, Optional<String> state) {
        return hub.get(RUNS + state.map(s -> "?state=" + HubClient.segment(s)).orElse(""))
                .path("items");
    }

    private static String path(String id) {
        return RUNS + "/" + HubClient.segment(id);
    }

    public String id() {
        return id;
    }

    /** Where a browser shows it. */
    public String address() {
        return hub.server() + page;
    }

    /** As the API shows it. */
    public JsonNode now() {
        return hub.get(path(id));
    }

    public JsonNode cancel() {
        return hub.post(path(id) + "/cancel", JsonNodeFactory.instance.objectNode());
    }

    /**
     * Waits for its end, even while the hub restarts.
     *
     * @return as the API shows it at its end
     */
    public JsonNode follow(Listener listener) {
        String last = "";
        Duration absent = Duration.ZERO;
        while (true) {
            try {
                JsonNode run = now();
                absent = Duration.ZERO;
                String now = run.path("state").asText() + run.path("spent").asInt();
                if (!now.equals(last)) listener.moved(run);
                last = now;
                if (!Set.of("queued", "running").contains(run.path("state").asText())) return run;
            } catch (ConnectionLost | HubErrorException e) {
                if (e instanceof HubErrorException refusal && !PASSING.contains(refusal.status())) throw e;
                if (absent.compareTo(LONGEST_ABSENCE) > 0) throw e;
                if (absent.isZero()) listener.lost(e.getMessage());
                absent = absent.plus(PACE);
            }
            RetryPolicy.pause(PACE);
        }
    }

    /**
     * Downloads the files of its result into a new folder and checks their SHA-256.
     *
     * @return their names
     * @throws RemoteException where it has no result
     */
    public List<String> download(Path folder, TransferProgress transfer) {
        List<RemoteFile> files = new ArrayList<>();
        for (Map.Entry<String, JsonNode> file : now().path("files").properties()) {
            String path = path(id) + "/files/" + HubClient.segment(file.getKey());
            files.add(RemoteFile.of(JsonNodeFactory.instance
                    .objectNode()
                    .put("name", file.getKey())
                    .put("size", size(path))
                    .put("sha256", file.getValue().asText())));
        }
        if (files.isEmpty()) throw new RemoteException("The run %s has no result to download.".formatted(id));
        try {
            new FolderDownload(hub, transfer)
                    .into(
                            folder.toAbsolutePath().normalize(),
                            "run-" + id,
                            files,
                            file -> path(id) + "/files/" + HubClient.segment(file.name()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files.stream().map(RemoteFile::name).toList();
    }

    private long size(String path) {
        HttpResponse<byte[]> answer =
                hub.send(hub.request(path).method("HEAD", BodyPublishers.noBody()), BodyHandlers.ofByteArray());
        if (answer.statusCode() >= 400) throw hub.refusal(answer.statusCode(), answer.body(), path);
        return answer.headers()
                .firstValueAsLong("Content-Length")
                .orElseThrow(() -> new RemoteException("The hub doesn't say how large %s is.".formatted(path)));
    }
}
