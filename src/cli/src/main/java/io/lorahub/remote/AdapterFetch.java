package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Set;

/** Has a hub fetch an adapter or a base model from another hub, and waits for the end. */
public final class AdapterFetch {

    private static final String IMPORTS = "/api/v1/imports";
    private static final String BASE_MODEL_IMPORTS = "/api/v1/base-model-imports";
    private static final Set<String> OPEN = Set.of("waiting", "fetching", "checking");
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final HubClient hub;
    private final TransferProgress transfer;

    public AdapterFetch(HubClient hub, TransferProgress transfer) {
        this.hub = hub;
        this.transfer = transfer;
    }

    /**
     * @param request as the API takes it
     * @return the import when it has ended
     */
    public JsonNode fetch(ObjectNode request) {
        return fetch(IMPORTS, request);
    }

    /**
     * Has a hub fetch a base model, as an administrator.
     *
     * @param request as the API takes it
     * @return the import when it has ended
     */
    public JsonNode fetchBaseModel(ObjectNode request) {
        return fetch(BASE_MODEL_IMPORTS, request);
    }

    private JsonNode fetch(String path, ObjectNode request) {
        JsonNode started = hub.post(path, request);
        String url = started.path("url").asText();
        RetryPolicy retries = new RetryPolicy();
        JsonNode now = started;
        long shown = -1;
        while (OPEN.contains(now.path("state").asText())) {
            shown = show(now, shown);
            RetryPolicy.pause(PAUSE);
            now = retries.until(() -> hub.get(url));
            retries.renew();
        }
        show(now, shown);
        if (shown >= 0) transfer.end();
        return now;
    }

    /** @param shown number of bytes; -1 while none are known */
    private long show(JsonNode now, long shown) {
        long bytes = now.path("bytes").asLong();
        long fetched = now.path("fetched").asLong();
        if (bytes == 0) return shown;
        long before = shown;
        if (shown < 0) {
            before = now.path("reused").asLong();
            transfer.begin(now.path("repository").asText(), bytes, before);
        }
        transfer.moved(fetched - before);
        return fetched;
    }
}
