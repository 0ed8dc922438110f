package io.lorahub.download;

import io.lorahub.composition.RunRights;
import io.lorahub.composition.merge.Merges;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.storage.Blobs;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.RequestScoped;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Merged adapters of the viewer. */
@RequestScoped
class MergeDownloads {

    private final RunRights rights;
    private final Merges merges;
    private final Blobs blobs;
    private final Zips zips;

    MergeDownloads(RunRights rights, Merges merges, Blobs blobs, Zips zips) {
        this.rights = rights;
        this.merges = merges;
        this.blobs = blobs;
        this.zips = zips;
    }

    /** @throws io.lorahub.web.ProblemException not found, also if someone else asked for it */
    Download zip(String id) {
        return zips.of(QuarkusTransaction.requiringNew().call(() -> {
            WorkerTask merge = merges.ready(rights.owner(), id);
            Map<String, Long> sizes = new HashMap<>();
            merge.files.values().forEach(sha256 -> sizes.put(sha256, blobs.size(sha256)));
            return new Zips.Plan(
                    merge.answer.path("folder").asText(),
                    new TreeMap<>(merge.files),
                    sizes,
                    merge.createdAt,
                    false,
                    Optional.empty());
        }));
    }
}
