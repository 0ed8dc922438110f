package io.lorahub.bench.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.error.EngineException;
import io.lorahub.remote.HubClient;
import io.lorahub.remote.Login;
import io.lorahub.serve.HubStore;
import io.lorahub.settings.features.FeatureSettings;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.StoredObject;
import io.lorahub.storage.upkeep.Scrub;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Compares the objects in the store with the rows that own them, after a sweep. A killed process leaves objects without an
 * owner; the sweep removes them when they are old enough, for which nobody waits here.
 */
final class StoreAudit {

    private static final Duration STAGING = Duration.ofSeconds(30);

    /** Of the process that sweeps: old enough is what was there before. */
    private static final Map<String, String> SOON = Map.of(
            "LORAHUB_SWEEP_GRACE", "1s",
            "LORAHUB_SWEEP_STAGING", STAGING.toSeconds() + "s",
            "LORAHUB_UPLOAD_LONGEST", "10s");

    private static final String OWNED = "select object_key from upload_part union all"
            + " select object_key from repository_transfer_part union all select sha256 from blob";

    private final SoakHub hub;
    private final String administrator;

    /** @param administrator's token */
    StoreAudit(SoakHub hub, String administrator) {
        this.hub = hub;
        this.administrator = administrator;
    }

    /** Nobody uses the hub meanwhile. */
    ObjectNode check() throws InterruptedException {
        ObjectNode result = BenchOutput.JSON.createObjectNode();
        result.put("without_owner_before", withoutOwner());
        for (SoakHub.Node web : hub.webs()) web.terminate();
        Thread.sleep(STAGING.toMillis());
        SoakHub.Node web = hub.webs().get(0);
        web.begin(SOON);
        web.awaitStart();
        HubClient client = new HubClient(new Login(hub.address(), administrator));
        JsonNode swept = client.post("/api/v1/admin/storage/sweep", BenchOutput.JSON.createObjectNode());
        result.set("swept", swept);
        result.put("without_owner", withoutOwner());
        return result.put("missing_or_damaged", damaged());
    }

    private <T> T with(Function<HubStore, T> work) {
        return HubStore.with(
                hub.environment(), FeatureSettings.ALL, hub.database().folder(), work);
    }

    private int damaged() {
        return with(store -> {
            Scrub scrub = new Scrub(store.objects(), store.database());
            scrub.run(Duration.ZERO, () -> true, bytes -> {});
            return scrub.damaged().size();
        });
    }

    /** Number of objects that no row names. */
    private int withoutOwner() {
        return with(store -> {
            Set<String> objects;
            try (Stream<StoredObject> all = store.objects().list("")) {
                objects = all.map(StoredObject::key)
                        .filter(key -> key.startsWith(ObjectKey.STAGING) || ObjectKey.isBlob(key))
                        .collect(Collectors.toCollection(TreeSet::new));
            }
            try (Connection connection = store.database().getConnection();
                    PreparedStatement owned = connection.prepareStatement(OWNED);
                    ResultSet row = owned.executeQuery()) {
                while (row.next()) {
                    String name = row.getString(1);
                    objects.remove(name.startsWith(ObjectKey.STAGING) ? name : ObjectKey.blob(name));
                }
            } catch (SQLException e) {
                throw new EngineException("The hub's database does not answer: %s".formatted(e.getMessage()), e);
            }
            return objects.size();
        });
    }
}
