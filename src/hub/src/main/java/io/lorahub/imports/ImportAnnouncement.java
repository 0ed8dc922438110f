package io.lorahub.imports;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.card.Card;
import io.lorahub.imports.source.RemoteHubException;
import io.lorahub.imports.source.RepositoryListing;
import io.lorahub.imports.source.RepositoryListing.ListedFile;
import io.lorahub.imports.state.FetchedFile;
import io.lorahub.imports.state.ImportState;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.upload.Draft;
import io.lorahub.upload.FileEntry;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.FilePath;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadTarget;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.publication.Drafts;
import io.lorahub.upload.publication.UploadPublishing;
import io.lorahub.upload.readme.Readmes;
import io.lorahub.upload.transfer.UploadReceiver;
import io.lorahub.upload.transfer.UploadReceiver.StoredFile;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/** Turns the list of another hub's files into an upload that waits for them. */
@ApplicationScoped
class ImportAnnouncement {

    private static final String LICENCE = "licence";
    /** What an earlier import's draft doesn't hand on. */
    private static final List<String> NOT_OF_THE_CARD = List.of("adapter", "name", "visibility", "version", "notes");

    private static final int MOST_FOLDERS = 10;
    private static final String CONFIG = "adapter_config.json";

    private final Uploads uploads;
    private final UploadReceiver receiver;
    private final Readmes readmes;
    private final Drafts drafts;
    private final UploadPublishing publishing;
    private final KnownContents known;
    private final ImportNotices notices;
    private final DatabaseClock clock;

    ImportAnnouncement(
            Uploads uploads,
            UploadReceiver receiver,
            Readmes readmes,
            Drafts drafts,
            UploadPublishing publishing,
            KnownContents known,
            ImportNotices notices,
            DatabaseClock clock) {
        this.uploads = uploads;
        this.receiver = receiver;
        this.readmes = readmes;
        this.drafts = drafts;
        this.publishing = publishing;
        this.known = known;
        this.notices = notices;
        this.clock = clock;
    }

    /**
     * Ends the import if the adapter that is to get a new version has this commit already.
     *
     * @throws ProblemException if names, sizes or the member's limits don't allow it
     */
    void announce(UUID id, RepositoryListing listing) {
        Map<String, String> here = QuarkusTransaction.requiringNew().call(() -> {
            AdapterImport entry = AdapterImport.findById(id);
            return known.of(
                    entry,
                    filesToFetch(entry, listing),
                    target(entry).map(v -> v.adapter.id).orElse(null));
        });
        Map<String, StoredFile> stored = receiver.stored(here);
        QuarkusTransaction.requiringNew().run(() -> {
            AdapterImport entry = AdapterImport.locked(id).orElseThrow();
            if (entry.getState() != ImportState.WAITING) return;
            entry.commit = listing.commit();
            entry.files = filesToFetch(entry, listing);
            Optional<AdapterVersion> same =
                    target(entry).filter(newest -> entry.source().equals(newest.importedFrom));
            if (same.isPresent()) {
                entry.version = same.get();
                entry.become(ImportState.UNCHANGED, clock.now());
                notices.send(entry);
            } else announce(entry, stored);
        });
    }

    /** The newest version of the adapter that gets another one. */
    private Optional<AdapterVersion> target(AdapterImport entry) {
        if (entry.target == null) return Optional.empty();
        Upload preview = new Upload(); // never stored
        preview.person = entry.person;
        uploads.setTarget(preview, entry.publisher, entry.target);
        return Optional.of(preview.adapter.newest());
    }

    /**
     * Refuses what couldn't be published whatever the other hub sends: name, licence, version.
     *
     * @param entry not stored yet
     * @throws ProblemException with everything that prevents publishing
     */
    void requirePublishable(AdapterImport entry) {
        Upload preview = new Upload(); // never stored
        preview.person = entry.person;
        preview.folder = entry.name();
        preview.add(new FileEntry(FilePath.of(FilePath.README), 0, 0)); // perhaps there is one
        publishing.requirePublishable(preview, said(entry));
    }

    /**
     * Refuses what couldn't be published, once the README is here and before other files are fetched.
     *
     * @throws ProblemException with everything that prevents publishing
     */
    void requirePublishable(UUID id) {
        QuarkusTransaction.requiringNew().run(() -> {
            AdapterImport entry = AdapterImport.findById(id);
            if (!entry.publish || entry.upload == null) return;
            Draft draft = drafts.of(entry.upload);
            Draft card = titled(entry, draft).over(said(entry)).over(draft);
            try {
                publishing.requirePublishable(entry.upload, card);
            } catch (ProblemException e) {
                throw e.causes().isEmpty() ? e : ProblemException.invalid(explained(entry.upload, e.causes()));
            }
        });
    }

    /** A licence that is missing because this hub doesn't know the README's is named. */
    private List<FieldError> explained(Upload upload, List<FieldError> causes) {
        Optional<FieldError> lost = readmes.lost(upload).stream()
                .filter(part -> part.field().equals(LICENCE))
                .findFirst();
        return causes.stream()
                .map(cause -> cause.field().equals(LICENCE) ? lost.orElse(cause) : cause)
                .toList();
    }

    private static Draft said(AdapterImport entry) {
        ObjectNode target = new ObjectMapper().createObjectNode();
        if (entry.publisher != null) target.put("publisher", entry.publisher);
        if (entry.target != null) target.put("adapter", entry.target);
        return Draft.read(target).over(Draft.read(entry.card));
    }

    /** READMEs of models rarely have a title. */
    static Draft titled(AdapterImport entry, Draft draft) {
        boolean untitled = draft.title() == null || draft.title().isBlank();
        if (!untitled) return Draft.EMPTY;
        boolean fits = entry.repository.length() <= Card.LONGEST_TITLE;
        return Draft.titled(fits ? entry.repository : entry.name());
    }

    /** The files of an adapter among those of the folder; the README first, because the card is checked before the rest. */
    private static List<FetchedFile> filesToFetch(AdapterImport entry, RepositoryListing listing) {
        String folder = entry.subfolder == null ? "" : entry.subfolder + "/";
        Set<String> others = new TreeSet<>();
        Map<String, FetchedFile> files = new LinkedHashMap<>();
        for (ListedFile file : listing.files()) {
            if (!FilePath.isTaken(file.path())) continue; // under any name
            FilePath path = FilePath.of(file.path());
            if (path.name().equals(CONFIG)) others.add(path.folder());
            if (!path.folder().equals(folder) || path.kind() != FileKind.KEPT) continue;
            FetchedFile fetched = new FetchedFile(
                    file.path(),
                    path.name(),
                    file.size(),
                    file.etag(),
                    file.sha256().orElse(null));
            boolean exact = file.path().equals(folder + path.name()); // readme.md may lie beside README.md
            if (exact) files.put(path.name(), fetched);
            else files.putIfAbsent(path.name(), fetched);
        }
        if (!files.containsKey(CONFIG)) throw RemoteHubException.lasting(noAdapter(entry, others));
        return files.values().stream()
                .sorted(Comparator.comparing(file -> !file.name().equals(FilePath.README)))
                .toList();
    }

    /** @param folders that hold an adapter */
    private static String noAdapter(AdapterImport entry, Set<String> folders) {
        String place = entry.subfolder == null ? "at its top" : "in " + entry.subfolder;
        String fault = "%s has no adapter_config.json %s".formatted(entry.repository, place);
        if (folders.isEmpty()) return fault + ", so it isn't a LoRA adapter.";
        if (folders.equals(Set.of(""))) return fault + ", but there is one at its top. Name no subfolder.";
        return folders.stream()
                .limit(MOST_FOLDERS)
                .map(folder -> folder.isEmpty() ? "the top" : folder.replaceAll("/$", ""))
                .collect(Collectors.joining(
                        ", ",
                        fault + ", but there is one in ",
                        folders.size() > MOST_FOLDERS
                                ? ", …. Name one as the subfolder."
                                : ". Name it as the subfolder."));
    }

    /** Cancels uploads that this import replaces. @return what the member entered in them */
    private Draft drop(List<UUID> uploadsLeft) {
        Draft entered = Draft.EMPTY;
        for (UUID id : uploadsLeft) {
            Optional<Upload> left = Upload.locked(id);
            if (left.isEmpty()) continue;
            ObjectNode card = Draft.read(left.get().card).json();
            entered = Draft.read(card.without(NOT_OF_THE_CARD)).over(entered);
            uploads.cancel(left.get());
        }
        return entered;
    }

    private void announce(AdapterImport entry, Map<String, StoredFile> stored) {
        List<FileEntry> entries = new ArrayList<>();
        for (FetchedFile file : entry.files) {
            entries.add(new FileEntry(FilePath.of(file.name()), file.size(), entries.size()));
        }
        Draft before = drop(entry.leftUploads());
        long here = entry.files.stream()
                .filter(file -> stored.containsKey(file.name()))
                .mapToLong(FetchedFile::size)
                .sum();
        Upload upload = uploads.announce(entries, new UploadTarget(entry.publisher, entry.target, entry.name()), here)
                .get(0);
        upload.card = Draft.read(entry.card)
                .over(before)
                .over(Draft.read(upload.card))
                .json();
        upload.importedFrom = entry.source();
        for (FetchedFile file : entry.files) {
            UploadFile announced = upload.file(file.name()).orElseThrow();
            if (announced.kind == FileKind.IGNORED) continue;
            announced.expectedSha256 = file.sha256();
            entry.bytes += file.size();
            if (stored.containsKey(file.name())) entry.reused += file.size();
        }
        entry.upload = upload;
        entry.become(ImportState.FETCHING, clock.now());
        receiver.take(upload, stored);
    }
}
