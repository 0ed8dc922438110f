package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.AdapterAddress;
import io.lorahub.adapter.card.Card;
import io.lorahub.upload.readme.Readme;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Uploads an adapter to a hub, waits for its checks, and publishes it. */
public final class AdapterUpload {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String UPLOADS = "/api/v1/uploads";
    private static final List<String> NEEDED = List.of("title", "licence");
    private static final Set<String> UNDECIDED = Set.of("receiving", "checking");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** Checks take seconds, but other uploads may come first. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

    /** Fields of a publication that are not part of a card. */
    private static final Set<String> PLACE = Set.of("publisher", "name", "adapter", "version");

    private final HubClient hub;
    private final TransferProgress transfer;

    public AdapterUpload(HubClient hub, TransferProgress transfer) {
        this.hub = hub;
        this.transfer = transfer;
    }

    /** The adapter to publish under this name; without a publisher, the user's own. */
    public AdapterAddress named(String name) {
        int slash = name.indexOf('/');
        return slash < 0
                ? new AdapterAddress(hub.get("/api/v1/me").path("name").asText(), name, Optional.empty())
                : new AdapterAddress(name.substring(0, slash), name.substring(slash + 1), Optional.empty());
    }

    /** The adapter of this name; empty if publishing will create it. */
    public Optional<JsonNode> adapter(AdapterAddress name) {
        try {
            return Optional.of(hub.get(path(name)));
        } catch (HubErrorException refusal) {
            if (refusal.status() == 404 || refusal.status() == 400) return Optional.empty();
            throw refusal;
        }
    }

    private static String path(AdapterAddress name) {
        return "/api/v1/adapters/%s/%s".formatted(HubClient.segment(name.publisher()), HubClient.segment(name.name()));
    }

    /**
     * Changes the card and the visibility of an adapter whose files stay.
     *
     * @param said as for a publication
     * @return the adapter as the hub shows it now; empty if nothing is given
     */
    public Optional<JsonNode> change(AdapterAddress name, ObjectNode said) {
        ObjectNode change = said.deepCopy().without(PLACE);
        return change.isEmpty() ? Optional.empty() : Optional.of(hub.patch(path(name), change));
    }

    /** Whether its newest version has exactly these files. */
    public static boolean isOf(JsonNode adapter, LocalFiles files) {
        return files.isWhole(adapter.path("versions").path(0).path("files"));
    }

    /** Which of title and licence are missing from the options, the README and the page of an earlier try. */
    public List<String> missing(LocalFiles files, ObjectNode said) {
        List<String> unsaid = NEEDED.stream()
                .filter(field -> said.path(field).asText().isBlank())
                .toList();
        if (unsaid.isEmpty()) return unsaid;
        Optional<String> readme = files.readme();
        if (readme.isEmpty()) return List.of(); // the hub will see
        Card card = Readme.of(readme.get()).card().card();
        JsonNode typed = files.begun(hub.get(UPLOADS).path("uploads"))
                .map(upload -> upload.path("card"))
                .orElse(MissingNode.getInstance());
        return unsaid.stream()
                .filter(field -> said.has(field)
                        || typed.path(field).asText().isBlank()
                                && (field.equals("title") ? card.title() : card.licence()).isEmpty())
                .toList();
    }

    /**
     * Sends what is missing.
     *
     * @param said fields for the publication, which the hub checks before anything is sent; null for no publication
     * @return the upload, checked: its state is {@code passed} or {@code failed}
     */
    public JsonNode send(LocalFiles files, ObjectNode said) {
        Optional<JsonNode> begun = files.begun(hub.get(UPLOADS).path("uploads"));
        JsonNode upload = begun.orElseGet(() -> announce(files, said));
        if (upload.path("state").asText().equals("failed")) {
            upload = hub.post(upload.path("url").asText() + "/checks", JSON.createObjectNode());
        }
        for (JsonNode file : upload.path("files")) {
            String url = file.path("url").asText();
            if (url.isEmpty() || file.path("complete").asBoolean()) continue;
            String name = file.path("name").asText();
            send(new FileUpload(hub, url, files.file(name), file.path("size").asLong(), transfer));
        }
        JsonNode checked = checked(upload.path("url").asText());
        Optional<String> changed = files.changed(checked.path("files"));
        if (changed.isEmpty()) return checked;
        hub.delete(checked.path("url").asText());
        throw new RemoteException("%s changed while it was sent; send it again.".formatted(changed.get()));
    }

    private static void send(FileUpload file) {
        try {
            file.send();
        } catch (ConnectionLost e) {
            throw new RemoteException(e.getMessage() + "\nRun the same command again; what was sent is kept.", e);
        }
    }

    /**
     * @param said fields of the card, with name, version and visibility; omitted ones keep the adapter's values or, for a new
     *     one, come from the README
     * @return the adapter as the hub shows it
     */
    public JsonNode publish(JsonNode upload, ObjectNode said) {
        try {
            return hub.post(upload.path("url").asText() + "/publication", said);
        } catch (HubErrorException refusal) {
            throw new RemoteException(
                    "%s\nNothing was published. The files are at %s%s; push again with what is missing, and they won't be sent again."
                            .formatted(
                                    refusal.getMessage(),
                                    hub.server(),
                                    upload.path("page").asText()),
                    refusal);
        }
    }

    private JsonNode announce(LocalFiles files, ObjectNode said) {
        ObjectNode manifest = files.manifest(JSON.createObjectNode());
        if (said != null) manifest.set("card", said);
        JsonNode uploads = hub.post(UPLOADS, manifest).path("uploads");
        if (uploads.size() == 1) return uploads.get(0);
        for (JsonNode upload : uploads) hub.delete(upload.path("url").asText());
        throw new RemoteException("These are %d adapters; push them one by one.".formatted(uploads.size()));
    }

    private JsonNode checked(String url) {
        Duration pause = FIRST_PAUSE;
        Instant end = Instant.now().plus(LONGEST_WAIT);
        JsonNode upload = hub.get(url);
        while (UNDECIDED.contains(upload.path("state").asText())) {
            if (Instant.now().isAfter(end)) {
                throw new RemoteException("Everything was sent, but the checks haven't ended yet; see %s%s later."
                        .formatted(hub.server(), upload.path("page").asText()));
            }
            RetryPolicy.pause(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            upload = hub.get(url);
        }
        return upload;
    }
}
