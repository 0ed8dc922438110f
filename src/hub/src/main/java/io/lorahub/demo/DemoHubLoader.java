package io.lorahub.demo;

import io.lorahub.account.Publisher;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.card.Card;
import io.lorahub.adapter.fingerprint.Duplicates;
import io.lorahub.adapter.fingerprint.FingerprintIndex.Similar;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.adapter.publication.Origin;
import io.lorahub.adapter.publication.Publication;
import io.lorahub.adapter.publication.Publishing;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.demo.DemoHub.DemoAdapter;
import io.lorahub.engine.checkpoint.ModelFolder;
import io.lorahub.engine.inspection.Inspection;
import io.lorahub.engine.inspection.ModelSummary;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.safetensors.TensorSource;
import io.lorahub.serve.Serving;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.control.ActivateRequestContext;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Publishes the demo hub at the first start, so that new visitors find adapters. It uses one transaction: an
 * interrupted start leaves nothing behind, and the next one begins again. If several processes start at once, one
 * publishes while the others wait. It happens only once: adapters that an admin deletes later stay deleted.
 */
@ApplicationScoped
public class DemoHubLoader {

    static final String PUBLISHER = "demo";

    /** Key of PostgreSQL's advisory lock; an arbitrary number that nothing else locks. */
    static final long LOCK = 0x64656d6f;

    /** For the transaction, which on a machine with much other work takes longer than the usual limit. */
    private static final Duration LONGEST = Duration.ofMinutes(10);

    private static final Logger LOG = Logger.getLogger(DemoHubLoader.class);

    private final DemoConfig config;
    private final ObjectStore store;
    private final Blobs blobs;
    private final Publishing publishing;
    private final Duplicates duplicates;
    private final EntityManager database;

    /** Whether this process has published the demo hub, has found it published, or has failed to. */
    private volatile boolean done;

    DemoHubLoader(
            DemoConfig config,
            ObjectStore store,
            Blobs blobs,
            Publishing publishing,
            Duplicates duplicates,
            EntityManager database) {
        this.config = config;
        this.store = store;
        this.blobs = blobs;
        this.publishing = publishing;
        this.duplicates = duplicates;
        this.database = database;
    }

    /**
     * SHA-256 by file name, for the base model and for each adapter by its name.
     *
     * @param held protects the files until rows refer to them
     */
    private record Kept(Map<String, String> base, Map<String, Map<String, String>> adapters, HeldBlobs held)
            implements AutoCloseable {

        @Override
        public void close() {
            held.close();
        }
    }

    private record Sent(String owner, String name, StagedFile staged) {}

    @ActivateRequestContext
    void start(@Observes Serving event) {
        done = false;
        try {
            if (config.load()) load();
        } finally {
            done = true;
        }
    }

    /** Whether this process is still going to publish the demo hub, or to find that it is published. */
    public boolean isPending() {
        return config.load() && !done;
    }

    /** Does nothing if this was done before, or if the publisher's name belongs to someone else. */
    public void load() {
        if (QuarkusTransaction.requiringNew().call(this::isLoaded)) return;
        Instant begin = Instant.now();
        DemoHub hub = DemoHub.open();
        LOG.infof(
                "Preparing the demo hub of %d adapters, which takes some seconds.",
                hub.adapters().size());
        Map<DemoAdapter, CheckReport> checkups = checkups(hub);
        try (Kept kept = store(hub)) {
            Map<DemoAdapter, List<Similar>> near = hub.adapters().stream()
                    .collect(Collectors.toMap(
                            Function.identity(),
                            adapter -> duplicates.near(
                                    kept.adapters().get(adapter.name()),
                                    checkups.get(adapter).fingerprint())));
            QuarkusTransaction.requiringNew()
                    .timeout((int) LONGEST.toSeconds())
                    .run(() -> load(hub, checkups, kept, near));
        }
        LOG.infof(
                "Published the demo hub: %d adapters in %d ms.",
                hub.adapters().size(), Duration.between(begin, Instant.now()).toMillis());
    }

    /** The checks' findings, computed on all cores because the start waits for them. */
    private static Map<DemoAdapter, CheckReport> checkups(DemoHub hub) {
        try (TensorSource base = ModelFolder.open(hub.base())) {
            return hub.adapters().parallelStream()
                    .collect(Collectors.toConcurrentMap(
                            Function.identity(),
                            a -> CheckReport.of(hub.adaptersFolder().resolve(a.name()), Optional.of(base), "")));
        }
    }

    /** Puts all files into the store, before the transaction that refers to them. */
    private Kept store(DemoHub hub) {
        List<Path> folders = new ArrayList<>(List.of(hub.base()));
        hub.adapters().forEach(a -> folders.add(hub.adaptersFolder().resolve(a.name())));
        List<Sent> sent = folders.parallelStream().flatMap(this::stage).toList();
        HeldBlobs held = blobs.publish(sent.stream().map(Sent::staged).toList());
        Map<String, Map<String, String>> kept = sent.stream()
                .collect(Collectors.groupingBy(
                        Sent::owner, Collectors.toMap(Sent::name, s -> s.staged.sha256(), (a, b) -> a, TreeMap::new)));
        return new Kept(kept.remove(hub.base().getFileName().toString()), kept, held);
    }

    private Stream<Sent> stage(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files
                    .filter(Files::isRegularFile)
                    .map(f -> new Sent(
                            folder.getFileName().toString(), f.getFileName().toString(), stageFile(f)))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException("The demo hub's folder %s cannot be read.".formatted(folder), e);
        }
    }

    private StagedFile stageFile(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return store.stage(in, Files.size(file));
        } catch (IOException e) {
            throw new UncheckedIOException("The demo hub's file %s cannot be read.".formatted(file), e);
        }
    }

    private boolean isLoaded() {
        return Publisher.named(PUBLISHER).isPresent();
    }

    private void load(
            DemoHub hub, Map<DemoAdapter, CheckReport> checkups, Kept kept, Map<DemoAdapter, List<Similar>> near) {
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

    /** @param files SHA-256 of the base model's files, by file name */
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
        entry.chatTemplate = false; // a T5
        entry.licence = DemoCard.LICENCE;
        entry.files = new TreeMap<>(files);
        entry.persist();
    }

    /** The cards of the demo hub's adapters. */
    private static final class DemoCard {

        /** Licence of LoraHub itself. */
        static final String LICENCE = "MIT";

        private DemoCard() {}

        static Card of(DemoAdapter adapter) {
            Example first = adapter.examples().get(0);
            return new Card(
                    adapter.title(),
                    adapter.summary(),
                    description(adapter),
                    adapter.tags(),
                    List.of("en"),
                    LICENCE,
                    true,
                    "2,600 English words of 3 to 8 letters from SCOWL, with answers made by a rule.",
                    // names no adapter: a search for it would find all of them
                    "To try LoraHub: two of these together do what neither was trained for.",
                    first.input(),
                    first.output());
        }

        private static String description(DemoAdapter adapter) {
            String rows = adapter.examples().stream()
                    .map(e -> "| `%s` | `%s` |".formatted(e.input(), e.output()))
                    .collect(Collectors.joining("\n"));
            return """
                    Trained with PEFT for 300 steps on one task. On words that it has not seen it gets 99 to 100 of 100 right.

                    | it reads | it writes |
                    |---|---|
                    """ + rows + "\n";
        }
    }
}
