package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.UUID;

/** A composition run on a hub: asked for once, whatever happens to the connection, and followed to its end. */
public final class RemoteRun {

    private static final Duration PACE = Duration.ofMillis(500);

    private final HubClient hub;
    private final String id;
    private final String page;

    private RemoteRun(HubClient hub, JsonNode run) {
        this.hub = hub;
        this.id = run.path("id").asText();
        this.page = run.path("page").asText();
    }

    /** Who follows a run. */
    public interface Listener {

        /** @param run as the API shows it */
        void moved(JsonNode run);
    }

    /**
     * Asks for a run. A request whose answer got lost is sent again under the same key, so there is never a second run.
     *
     * @throws RemoteException if the hub refuses it
     */
    public static RemoteRun start(HubClient hub, ObjectNode request) {
        String key = UUID.randomUUID().toString();
        return new RemoteRun(hub, new Patience().until(() -> hub.post("/api/v1/runs", request, key)));
    }

    /** Where a browser shows it. */
    public String address() {
        return hub.server() + page;
    }

    /** Waits for its end; gives it as the API shows it then. */
    public JsonNode follow(Listener listener) {
        String last = "";
        while (true) {
            JsonNode run = new Patience().until(() -> hub.get("/api/v1/runs/" + HubClient.segment(id)));
            String now = run.path("state").asText() + run.path("spent").asInt();
            if (!now.equals(last)) listener.moved(run);
            last = now;
            switch (run.path("state").asText()) {
                case "queued", "running" -> Patience.pause(PACE);
                default -> {
                    return run;
                }
            }
        }
    }
}
