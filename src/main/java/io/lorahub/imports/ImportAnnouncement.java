package io.lorahub.imports;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.imports.AdapterImport.FetchedFile;
import io.lorahub.imports.source.RemoteHubException;
import io.lorahub.imports.source.RepositoryListing;
import io.lorahub.imports.source.RepositoryListing.ListedFile;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.upload.Draft;
import io.lorahub.upload.FileEntry;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.FilePath;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadLimits;
import io.lorahub.upload.UploadTarget;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.check.UploadChecks;
import io.lorahub.upload.readme.Readmes;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Turns the list of another hub's files into an upload that waits for them. */
@ApplicationScoped
class ImportAnnouncement {

    private static final String CONFIG = "adapter_config.json";

    private final Uploads uploads;
    private final UploadLimits limits;
    private final UploadChecks checks;
    private final Readmes readmes;
    private final KnownContents known;
    private final DatabaseClock clock;

    ImportAnnouncement(
            Uploads uploads,
            UploadLimits limits,
            UploadChecks checks,
            Readmes readmes,
            KnownContents known,
            DatabaseClock clock) {
        this.uploads = uploads;
        this.limits = limits;
        this.checks = checks;
        this.readmes = readmes;
        this.known = known;
        this.clock = clock;
    }

    /**
     * Ends the import if the adapter that is to get a new version has this commit already.
     *
     * @throws ProblemException if names, sizes or the member's limits don't allow it
     */
    void announce(UUID id, RepositoryListing listing) {
        limits.checkCount(listing.files().size());
        Map<String, String> here = QuarkusTransaction.requiringNew().call(() -> {
            AdapterImport entry = AdapterImport.findById(id);
            return known.of(
                    entry,
                    wanted(entry, listing),
                    target(entry).map(v -> v.adapter.id).orElse(null));
        });
        Map<String, JsonNode> cards = new HashMap<>();
        here.forEach((name, sha256) -> cards.put(name, readmes.read(name, ObjectKey.blob(sha256))));
        QuarkusTransaction.requiringNew().run(() -> {
            AdapterImport entry = AdapterImport.locked(id).orElseThrow();
            if (entry.getState() != ImportState.WAITING) return;
            entry.commit = listing.commit();
            entry.files = wanted(entry, listing);
            boolean same = target(entry)
                    .filter(newest -> entry.source().equals(newest.importedFrom))
                    .isPresent();
            if (same) entry.become(ImportState.UNCHANGED, clock.now());
            else announce(entry, here, cards);
        });
    }

    /** The newest version of the adapter that gets another one. */
    private Optional<AdapterVersion> target(AdapterImport entry) {
        if (entry.target == null) return Optional.empty();
        Upload preview = new Upload(); // never stored
        preview.person = entry.person;
        uploads.aim(preview, entry.publisher, entry.target);
        return Optional.of(preview.adapter.newest());
    }

    /** The files of an adapter among those at the top of the repository. */
    private static List<FetchedFile> wanted(AdapterImport entry, RepositoryListing listing) {
        List<FetchedFile> wanted = new ArrayList<>();
        for (ListedFile file : listing.files()) {
            FilePath path = FilePath.of(file.path());
            if (!path.folder().isEmpty() || path.kind() != FileKind.KEPT) continue;
            wanted.add(new FetchedFile(
                    file.path(),
                    path.name(),
                    file.size(),
                    file.etag(),
                    file.sha256().orElse(null)));
        }
        if (wanted.stream().noneMatch(file -> file.name().equals(CONFIG))) {
            throw RemoteHubException.lasting("%s has no adapter_config.json at its top, so it isn't a LoRA adapter."
                    .formatted(entry.repository));
        }
        return wanted;
    }

    private void announce(AdapterImport entry, Map<String, String> here, Map<String, JsonNode> cards) {
        List<FileEntry> entries = new ArrayList<>();
        for (FetchedFile file : entry.files) {
            entries.add(new FileEntry(FilePath.of(file.path()), file.size(), entries.size()));
        }
        String name = entry.repository.substring(entry.repository.indexOf('/') + 1);
        Upload upload = uploads.announce(entries, new UploadTarget(entry.publisher, entry.target, name))
                .get(0);
        upload.card = Draft.read(entry.card).over(Draft.read(upload.card)).json();
        upload.importedFrom = entry.source();
        for (FetchedFile file : entry.files) {
            UploadFile announced = upload.file(file.name()).orElseThrow();
            if (announced.kind == FileKind.IGNORED) continue;
            announced.expectedSha256 = file.sha256();
            entry.bytes += file.size();
            if (!here.containsKey(file.name())) continue;
            announced.sha256 = here.get(file.name());
            announced.card = cards.get(file.name());
            entry.reused += file.size();
        }
        entry.upload = upload;
        entry.become(ImportState.FETCHING, clock.now());
        checks.queueIfWhole(upload);
    }
}
