package io.lorahub.download;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Adapters;
import io.lorahub.adapter.Visibility;
import io.lorahub.composition.conversion.Conversions;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.download.content.ContentRegion;
import io.lorahub.storage.Blobs;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Files of versions that the viewer can download. The transactions end before the first byte is sent, so a slow client
 * holds no database connection.
 */
@ApplicationScoped
class Downloads {

    private static final String WEIGHTS = "adapter_model.safetensors";

    private final Adapters adapters;
    private final Zips zips;
    private final Conversions conversions;
    private final Blobs blobs;

    Downloads(Adapters adapters, Zips zips, Conversions conversions, Blobs blobs) {
        this.adapters = adapters;
        this.zips = zips;
        this.conversions = conversions;
        this.blobs = blobs;
    }

    /** @throws ProblemException not found, if it does not exist or the viewer must not know about it */
    @Transactional
    Download file(String publisher, String name, String label, String file) {
        AdapterVersion version = version(publisher, name, label);
        String sha256 = version.files.get(file);
        if (sha256 == null) {
            throw ProblemException.notFound("such file of " + version.adapter.address() + " " + label);
        }
        long size = adapters.sizes(List.of(version)).get(sha256);
        return new Download(
                file,
                List.of(ContentRegion.Stored.whole(sha256, size)),
                sha256,
                version.publishedAt,
                Optional.of(sha256),
                isOpen(version.adapter),
                file.equals(WEIGHTS) ? Optional.of(version.adapter.id) : Optional.empty());
    }

    /** All files of a version, in a folder named after adapter and version. */
    Download zip(String publisher, String name, String label) {
        return zips.of(QuarkusTransaction.requiringNew().call(() -> plan(publisher, name, label)));
    }

    private Zips.Plan plan(String publisher, String name, String label) {
        AdapterVersion version = version(publisher, name, label);
        return new Zips.Plan(
                name + "-" + label,
                new TreeMap<>(version.files),
                Map.of(),
                adapters.sizes(List.of(version)),
                version.publishedAt,
                isOpen(version.adapter),
                Optional.of(version.adapter.id));
    }

    /**
     * The files that were made for a program.
     *
     * @throws ProblemException conflict, if there are none now
     */
    Download made(String publisher, String name, String label, String program) {
        return zips.of(QuarkusTransaction.requiringNew().call(() -> {
            AdapterVersion version = version(publisher, name, label);
            return made(
                    version,
                    conversions.of(version).stream()
                            .filter(made -> made.isFor(program))
                            .findFirst()
                            .map(Conversions.Made::id));
        }));
    }

    /** The files of a task. */
    Download made(String publisher, String name, String label, UUID task) {
        return zips.of(
                QuarkusTransaction.requiringNew().call(() -> made(version(publisher, name, label), Optional.of(task))));
    }

    private Zips.Plan made(AdapterVersion version, Optional<UUID> task) {
        WorkerTask made = task.flatMap(Conversions::files)
                .orElseThrow(() -> ProblemException.conflict(
                        "These files aren't there, or are no longer kept. Create them on the page /%s/export/%s."
                                .formatted(version.adapter.address(), version.label)));
        Map<String, Long> sizes = new HashMap<>();
        made.files.values().forEach(sha256 -> sizes.put(sha256, blobs.size(sha256)));
        return new Zips.Plan(
                made.answer.path("folder").asText(),
                new TreeMap<>(made.files),
                Map.of(),
                sizes,
                made.createdAt,
                isOpen(version.adapter),
                Optional.of(version.adapter.id));
    }

    private AdapterVersion version(String publisher, String name, String label) {
        return adapters.version(adapters.visible(publisher, name), label);
    }

    private static boolean isOpen(Adapter adapter) {
        return adapter.visibility == Visibility.PUBLIC && adapter.state != AdapterState.TAKEN_DOWN;
    }
}
