package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Sends an adapter to a hub, waits for what its doctor says, and publishes it. */
public final class Push {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String UPLOADS = "/api/v1/uploads";
    private static final Set<String> UNDECIDED = Set.of("receiving", "checking");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** Checks take seconds; others' uploads may be before this one. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

    private final HubClient hub;
    private final Transfer transfer;

    public Push(HubClient hub, Transfer transfer) {
        this.hub = hub;
        this.transfer = transfer;
    }

    /** Sends what is not there yet. @return the upload, checked: its state is {@code passed} or {@code failed} */
    public JsonNode send(LocalFiles files) {
        JsonNode upload = files.begun(hub.get(UPLOADS).path("uploads")).orElseGet(() -> announce(files));
        for (JsonNode file : upload.path("files")) {
            String url = file.path("url").asText();
            if (url.isEmpty() || file.path("complete").asBoolean()) continue;
            String name = file.path("name").asText();
            new FileUpload(hub, url, files.file(name), file.path("size").asLong(), transfer).send();
        }
        JsonNode checked = checked(upload.path("url").asText());
        Optional<String> changed = files.changed(checked.path("files"));
        if (changed.isEmpty()) return checked;
        hub.delete(checked.path("url").asText());
        throw new RemoteException("%s changed while it was sent; send it again.".formatted(changed.get()));
    }

    /**
     * @param said fields of the card, with name, version and visibility; what is left out is as the README says
     * @return the adapter as the hub shows it
     */
    public JsonNode publish(JsonNode upload, ObjectNode said) {
        return hub.post(upload.path("url").asText() + "/publication", said);
    }

    private JsonNode announce(LocalFiles files) {
        JsonNode uploads =
                hub.post(UPLOADS, files.announcement(JSON.createObjectNode())).path("uploads");
        if (uploads.size() == 1) return uploads.get(0);
        for (JsonNode upload : uploads) hub.delete(upload.path("url").asText());
        throw new RemoteException("These are %d adapters; send them one by one.".formatted(uploads.size()));
    }

    private JsonNode checked(String url) {
        Duration pause = FIRST_PAUSE;
        Instant end = Instant.now().plus(LONGEST_WAIT);
        JsonNode upload = hub.get(url);
        while (UNDECIDED.contains(upload.path("state").asText())) {
            if (Instant.now().isAfter(end)) {
                throw new RemoteException("All is sent, but not checked yet; see %s%s later."
                        .formatted(hub.server(), upload.path("page").asText()));
            }
            Patience.pause(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            upload = hub.get(url);
        }
        return upload;
    }
}
