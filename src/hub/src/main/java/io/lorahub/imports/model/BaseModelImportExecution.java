package io.lorahub.imports.model;

import io.lorahub.account.ActingMember;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.basemodel.BaseModels;
import io.lorahub.basemodel.registration.BaseModelRegistration;
import io.lorahub.basemodel.registration.BaseModelRegistrations;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.imports.source.RemoteHub;
import io.lorahub.imports.source.RemoteHubException;
import io.lorahub.imports.source.RepositoryListing;
import io.lorahub.imports.state.FetchedFile;
import io.lorahub.imports.state.FileFetch;
import io.lorahub.imports.state.ImportExecution;
import io.lorahub.imports.state.ImportState;
import io.lorahub.imports.state.ImportStep;
import io.lorahub.imports.state.MemberShare;
import io.lorahub.notice.NotificationInbox;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.check.UploadChecks;
import io.lorahub.upload.transfer.UploadReceiver;
import io.lorahub.upload.transfer.UploadReceiver.StoredFile;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Imports of base models. */
@Singleton
class BaseModelImportExecution extends ImportExecution<BaseModelImport> {

    /** The kind of job. */
    static final String KIND = "base-model-import";

    /** Contents of base models only: the other hub could name a private file of an adapter. */
    private static final String KNOWN = """
            select b.sha256, b.size from blob b where b.sha256 in (:hashes)
            and exists (select from base_model_file f where f.sha256 = b.sha256)""";

    private final ImportConfig config;
    private final BaseModelRegistrations registrations;
    private final Uploads uploads;
    private final UploadReceiver receiver;
    private final UploadChecks checks;
    private final Blobs blobs;
    private final NotificationInbox inbox;

    BaseModelImportExecution(
            ImportConfig config,
            RemoteHub remote,
            FileFetch fetch,
            BaseModelRegistrations registrations,
            Uploads uploads,
            UploadReceiver receiver,
            UploadChecks checks,
            Blobs blobs,
            ActingMember members,
            MemberShare share,
            NotificationInbox inbox,
            DatabaseClock clock) {
        super(config, remote, fetch, members, share, clock);
        this.config = config;
        this.registrations = registrations;
        this.uploads = uploads;
        this.receiver = receiver;
        this.checks = checks;
        this.blobs = blobs;
        this.inbox = inbox;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String title() {
        return "Imports of base models";
    }

    @Override
    protected Optional<BaseModelImport> find(UUID id) {
        return BaseModelImport.findByIdOptional(id);
    }

    @Override
    protected Optional<BaseModelImport> locked(UUID id) {
        return BaseModelImport.locked(id);
    }

    @Override
    protected Optional<String> refusal(Person person) {
        return person.isBanned() || person.role != Role.ADMIN
                ? Optional.of("Only administrators can import base models.")
                : Optional.empty();
    }

    @Override
    protected void announce(UUID id, RepositoryListing listing) {
        String repository =
                QuarkusTransaction.requiringNew().call(() -> BaseModelImport.<BaseModelImport>findById(id).repository);
        List<FetchedFile> files = ModelFiles.of(repository, listing);
        requireSize(files);
        Map<String, StoredFile> stored =
                receiver.stored(QuarkusTransaction.requiringNew().call(() -> known(files)));
        QuarkusTransaction.requiringNew().run(() -> {
            BaseModelImport entry = BaseModelImport.locked(id).orElseThrow();
            if (entry.getState() != ImportState.WAITING) return;
            entry.commit = listing.commit();
            if (entry.licence == null) {
                entry.licence = listing.licence()
                        .filter(licence -> BaseModels.textFaults(null, licence).isEmpty())
                        .orElse(null);
            }
            entry.files = files;
            entry.bytes = size(files);
            entry.upload = registrations.announceImport(
                    entry.person,
                    entry.name,
                    entry.summary,
                    entry.licence,
                    files.stream().collect(Collectors.toMap(FetchedFile::name, FetchedFile::size)));
            files.forEach(file -> entry.upload.file(file.name()).orElseThrow().expectedSha256 = file.sha256());
            entry.become(ImportState.FETCHING, clock.now());
            receiver.take(entry.upload, stored);
        });
    }

    private void requireSize(List<FetchedFile> files) {
        long most = config.baseModelSize().asLongValue();
        if (size(files) > most) {
            throw RemoteHubException.lasting(
                    "Its files have %,d bytes; the limit is %,d. LORAHUB_IMPORTS_BASE_MODEL_SIZE can raise it."
                            .formatted(size(files), most));
        }
    }

    private static long size(List<FetchedFile> files) {
        return files.stream().mapToLong(FetchedFile::size).reduce(0, BaseModelImportExecution::sum);
    }

    /** The largest number where the sum is larger: another hub can announce any size. */
    private static long sum(long one, long other) {
        return one > Long.MAX_VALUE - other ? Long.MAX_VALUE : one + other;
    }

    /** SHA-256 by name of the files that registered base models have too, in the caller's transaction. */
    private Map<String, String> known(List<FetchedFile> files) {
        Set<String> hashes = files.stream()
                .filter(file -> file.sha256() != null)
                .map(FetchedFile::sha256)
                .collect(Collectors.toSet());
        if (hashes.isEmpty()) return Map.of();
        Map<String, Long> sizes = new HashMap<>();
        List<Object[]> rows = Upload.getEntityManager()
                .createNativeQuery(KNOWN, Object[].class)
                .setParameter("hashes", hashes)
                .getResultList();
        for (Object[] row : rows) sizes.put((String) row[0], ((Number) row[1]).longValue());
        sizes.keySet().removeIf(sha256 -> !blobs.areUsable(List.of(sha256)));
        return files.stream()
                .filter(file -> Long.valueOf(file.size()).equals(sizes.get(file.sha256())))
                .collect(Collectors.toMap(FetchedFile::name, FetchedFile::sha256));
    }

    @Override
    protected boolean isFirst(FetchedFile file) {
        return !ModelFiles.isWeights(file);
    }

    /** The index of shards says which of the weights belong to the model. */
    @Override
    protected void requireUseful(UUID id) {
        Optional<String> index = index(id);
        if (index.isEmpty()) return;
        QuarkusTransaction.requiringNew().run(() -> {
            BaseModelImport entry = BaseModelImport.locked(id).orElseThrow();
            List<FetchedFile> needed = ModelFiles.indexed(entry.files, index.get());
            Set<String> names = needed.stream().map(FetchedFile::name).collect(Collectors.toSet());
            entry.files = needed;
            entry.bytes = size(needed);
            uploads.remove(
                    entry.upload,
                    entry.upload.files.stream()
                            .filter(file -> !names.contains(file.name))
                            .toList());
        });
    }

    private Optional<String> index(UUID id) {
        record Index(String sha256, long size) {}
        Optional<Index> index = QuarkusTransaction.requiringNew()
                .call(() -> Optional.ofNullable(BaseModelImport.<BaseModelImport>findById(id).upload)
                        .filter(upload -> upload.getState() == UploadState.RECEIVING)
                        .flatMap(upload -> upload.file(ModelFiles.INDEX))
                        .map(file -> new Index(file.sha256, file.size)));
        return index.map(file -> {
            try (InputStream content = blobs.open(file.sha256(), file.size())) {
                return new String(content.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    protected void received(BaseModelImport entry) {
        if (entry.upload != null && entry.upload.getState() == UploadState.RECEIVING) {
            checks.queueIfWhole(entry.upload); // what was missing wasn't needed
        }
        entry.become(ImportState.CHECKING, clock.now());
    }

    @Override
    protected Optional<Duration> check(ImportStep step) {
        Upload upload = step.upload() == null
                ? null
                : QuarkusTransaction.requiringNew().call(() -> Upload.findById(step.upload()));
        if (upload == null) return fail(step, "Its check was cancelled.");
        return switch (upload.getState()) {
            case RECEIVING, CHECKING, PASSED -> Optional.of(CHECKED);
            case PUBLISHED -> change(step, entry -> entry.become(ImportState.DONE, clock.now()));
            case FAILED ->
                fail(
                        step,
                        BaseModelRegistration.of(upload).findings().stream()
                                .map(CheckFinding::sentence)
                                .collect(Collectors.joining(" ")));
            case CANCELLED -> fail(step, "Its check was cancelled.");
        };
    }

    @Override
    protected void fail(BaseModelImport entry, String why) {
        if (entry.upload != null) Upload.locked(entry.upload.id).ifPresent(registrations::cancel);
        entry.fail(why, clock.now());
    }

    @Override
    protected void send(BaseModelImport entry) {
        boolean done = entry.getState() == ImportState.DONE;
        if (!done && entry.getState() != ImportState.FAILED) return;
        inbox.send(
                entry.person.id,
                (done ? "The base model “%s” is registered" : "The base model “%s” could not be imported")
                        .formatted(entry.name),
                done ? "Its files come from %s/%s.".formatted(entry.hub, entry.repository) : entry.failure,
                BaseModelImportPage.PATH);
    }
}
