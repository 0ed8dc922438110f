package io.lorahub.download;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Adapters;
import io.lorahub.adapter.Visibility;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Files of versions that the viewer can download. The transactions end before the first byte is sent, so a slow client
 * holds no database connection.
 */
@ApplicationScoped
class Downloads {

    private static final String WEIGHTS = "adapter_model.safetensors";

    private final Adapters adapters;
    private final Zips zips;

    Downloads(Adapters adapters, Zips zips) {
        this.adapters = adapters;
        this.zips = zips;
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
                adapters.sizes(List.of(version)),
                version.publishedAt,
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
