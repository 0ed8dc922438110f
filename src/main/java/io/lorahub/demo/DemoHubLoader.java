package io.lorahub.demo;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.CheckReport;
import io.lorahub.adapter.Duplicates;
import io.lorahub.adapter.FingerprintIndex.Similar;
import io.lorahub.adapter.Origin;
import io.lorahub.adapter.Publication;
import io.lorahub.adapter.Publishing;
import io.lorahub.adapter.Visibility;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.demo.DemoHub.DemoAdapter;
import io.lorahub.engine.checkpoint.ModelFolder;
import io.lorahub.engine.inspection.Inspection;
import io.lorahub.engine.inspection.ModelSummary;
import io.lorahub.engine.safetensors.TensorSource;
import io.lorahub.serve.Serving;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Publishes the demo hub at the first start, so that a new visitor finds something. All of it is one transaction: a
 * start that is cut off leaves nothing behind, and the next one begins again. Of several processes that start at once
 * one does it while the others wait. It is done once: what an admin deletes later stays deleted.
 */
@ApplicationScoped
public class DemoHubLoader {

    static final String PUBLISHER = "demo";

    /** Of PostgreSQL's advisory lock; any number that nothing else locks. */
    private static final long LOCK = 0x64656d6f;

    private static final Logger LOG = Logger.getLogger(DemoHubLoader.class);

    private final DemoConfig config;
    private final DemoFiles files;
    private final Publishing publishing;
    private final Duplicates duplicates;
    private final EntityManager database;

    DemoHubLoader(
            DemoConfig config, DemoFiles files, Publishing publishing, Duplicates duplicates, EntityManager database) {
        this.config = config;
        this.files = files;
        this.publishing = publishing;
        this.duplicates = duplicates;
        this.database = database;
    }

    @ActivateRequestContext
    void start(@Observes Serving event) {
        if (config.load()) load();
    }

    /** Does nothing where it was done before, or where somebody else has its publisher's name. */
    public void load() {
        if (QuarkusTransaction.requiringNew().call(this::isLoaded)) return;
        Instant begin = Instant.now();
        DemoHub hub = DemoHub.open();
        Map<DemoAdapter, CheckReport> checkups = checkups(hub);
        try (DemoFiles.Kept kept = files.publish(hub)) {
            Map<DemoAdapter, List<Similar>> near = hub.adapters().stream()
                    .collect(Collectors.toMap(
                            Function.identity(),
                            adapter -> duplicates.near(
                                    kept.adapters().get(adapter.name()),
                                    checkups.get(adapter).fingerprint())));
            QuarkusTransaction.requiringNew().run(() -> load(hub, checkups, kept, near));
        }
        LOG.infof(
                "Published the demo hub: %d adapters in %d ms.",
                hub.adapters().size(), Duration.between(begin, Instant.now()).toMillis());
    }

    /** The doctor's findings, on all cores, because somebody waits for the start. */
    private static Map<DemoAdapter, CheckReport> checkups(DemoHub hub) {
        try (TensorSource base = ModelFolder.open(hub.base())) {
            return hub.adapters().parallelStream()
                    .collect(Collectors.toConcurrentMap(
                            Function.identity(),
                            a -> CheckReport.of(hub.adaptersFolder().resolve(a.name()), Optional.of(base), "")));
        }
    }

    private boolean isLoaded() {
        return Publisher.named(PUBLISHER).isPresent();
    }

    private void load(
            DemoHub hub,
            Map<DemoAdapter, CheckReport> checkups,
            DemoFiles.Kept kept,
            Map<DemoAdapter, List<Similar>> near) {
        database.createNativeQuery("select pg_advisory_xact_lock(:lock)")
                .setParameter("lock", LOCK)
                .getResultList();
        if (isLoaded()) return;
        Publisher publisher = publisher();
        register(hub, kept.base());
        for (DemoAdapter adapter : hub.adapters()) {
            publishing.publishBySystem(new Publication(
                    publisher,
                    adapter.name(),
                    DemoCard.of(adapter),
                    Visibility.PUBLIC,
                    "1.0.0",
                    "",
                    kept.adapters().get(adapter.name()),
                    checkups.get(adapter),
                    Origin.TRAINED,
                    near.get(adapter)));
        }
    }

    private static Publisher publisher() {
        Publisher publisher = new Publisher();
        publisher.name = PUBLISHER;
        publisher.title = "Demo hub";
        publisher.about =
                "A base model small enough to ship, and adapters of it that compose. Each does one small thing"
                        + " to an English word.";
        publisher.persist();
        return publisher;
    }

    /** @param files of its base model, SHA-256 by file name */
    private static void register(DemoHub hub, Map<String, String> files) {
        if (BaseModelRecord.named(hub.baseModel()).isPresent()) return;
        ModelSummary model = Inspection.of(hub.base()).model().orElseThrow();
        BaseModelRecord entry = new BaseModelRecord();
        entry.name = hub.baseModel();
        entry.summary =
                "A T5 of 4 + 4 layers that reads and writes single letters. It copies and repairs English words.";
        entry.modelType = model.modelType();
        entry.parameters = model.tensors().parameters();
        entry.bytes = model.tensors().bytes();
        entry.licence = DemoCard.LICENCE;
        entry.files = new TreeMap<>(files);
        entry.persist();
    }
}
