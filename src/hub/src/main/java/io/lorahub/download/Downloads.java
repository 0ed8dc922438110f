package io.lorahub.download;

import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Adapters;
import io.lorahub.adapter.Repository;
import io.lorahub.composition.conversion.Conversions;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.storage.Blobs;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Files of versions that the viewer can download. The transactions end before the first byte is sent, so a slow client
 * holds no database connection.
 */
@ApplicationScoped
class Downloads {

    private static final String WEIGHTS = "adapter_model.safetensors";

    private final Adapters adapters;
    private final AdapterRights rights;
    private final Zips zips;
    private final Conversions conversions;
    private final Blobs blobs;

    Downloads(Adapters adapters, AdapterRights rights, Zips zips, Conversions conversions, Blobs blobs) {
        this.adapters = adapters;
        this.rights = rights;
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
        return Download.ofFile(
                file, sha256, blobs.size(sha256), version.publishedAt, access(version, file.equals(WEIGHTS)));
    }

    /** All files of a version, in a folder named after adapter and version. */
    Download zip(String publisher, String name, String label) {
        return zips.of(() -> {
            AdapterVersion version = version(publisher, name, label);
            return new Zips.Source(
                    name + "-" + label, version.files, Map.of(), version.publishedAt, access(version, true));
        });
    }

    /**
     * The files that were made for a program.
     *
     * @throws ProblemException conflict, if there are none now
     */
    Download made(String publisher, String name, String label, String program) {
        return zips.of(() -> {
            AdapterVersion version = version(publisher, name, label);
            return made(
                    version,
                    conversions.of(version).stream()
                            .filter(made -> made.isFor(program))
                            .findFirst()
                            .map(made -> made.task().id));
        });
    }

    /** The files of a task. */
    Download made(String publisher, String name, String label, UUID task) {
        return zips.of(() -> made(version(publisher, name, label), Optional.of(task)));
    }

    private Zips.Source made(AdapterVersion version, Optional<UUID> task) {
        WorkerTask made = task.flatMap(Conversions::files)
                .orElseThrow(() -> ProblemException.conflict(
                        "These files aren't there, or are no longer kept. Create them on the page /%s/export/%s."
                                .formatted(version.adapter.address(), version.label)));
        return new Zips.Source(made.folder(), made.files, Map.of(), made.createdAt, access(version, true));
    }

    private AdapterVersion version(String publisher, String name, String label) {
        return adapters.version(adapters.visible(publisher, name), label);
    }

    private DownloadAccess access(AdapterVersion version, boolean counts) {
        return new DownloadAccess(
                version.adapter.isListed(),
                Optional.of(rights.toDownload(Repository.of(version.adapter))),
                Optional.of(version.adapter.id).filter(id -> counts));
    }
}
