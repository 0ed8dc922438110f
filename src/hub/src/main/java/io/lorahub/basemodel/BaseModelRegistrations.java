package io.lorahub.basemodel;

import io.lorahub.account.Viewer;
import io.lorahub.audit.Audit;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.StagedFolder;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SingleLineText;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hibernate.exception.ConstraintViolationException;

/**
 * The way of a base model into the hub: its files are stored, a process of its own checks them, and it is registered or
 * refused. This class reads no more of the files than their names and hashes.
 */
@ApplicationScoped
public class BaseModelRegistrations {

    /** How often a check of the same files is started. */
    static final int MAX_TRIES = 5;

    /** How often a check of the same files can exceed a limit; once may be due to a temporary shortage on the machine. */
    static final int MAX_OVERRUNS = 2;

    private static final Pattern WEIGHTS =
            Pattern.compile("(model|pytorch_model).*\\.(safetensors|bin)(\\.index\\.json)?");

    private static final int SHOWN = 50;

    /** Maximum number of characters that the database stores. */
    private static final int CONTINUATION = 200;

    private final BaseModels models;
    private final Viewer viewer;
    private final Audit audit;
    private final Blobs blobs;
    private final ObjectStore store;
    private final DatabaseClock clock;
    private final Event<RegistrationReceived> received;
    private final Jobs jobs;
    private final RegistrationsInProgress inProgress = new RegistrationsInProgress();

    BaseModelRegistrations(
            BaseModels models,
            Viewer viewer,
            Audit audit,
            Blobs blobs,
            ObjectStore store,
            DatabaseClock clock,
            Event<RegistrationReceived> received,
            Jobs jobs) {
        this.models = models;
        this.viewer = viewer;
        this.audit = audit;
        this.blobs = blobs;
        this.store = store;
        this.clock = clock;
        this.received = received;
        this.jobs = jobs;
    }

    /** The newest registrations. */
    @Transactional
    public List<BaseModelRegistration> list() {
        return BaseModelRegistration.newest(SHOWN);
    }

    /** @throws ProblemException 404 if there is none */
    @Transactional
    public BaseModelRegistration get(String name) {
        return BaseModelRegistration.named(name).orElseThrow(() -> ProblemException.notFound("registration"));
    }

    /**
     * Queues a model in a folder of this machine, to be copied and checked.
     *
     * @throws ProblemException with every reason why that can't be done, as far as names and sizes say it
     */
    public BaseModelRegistration queue(String name, String summary, String licence, String folder) {
        Path place = checked(name, summary, licence, folder);
        String called = name.strip();
        requireNotChecking(called);
        BaseModels.registered(called);
        try {
            return QuarkusTransaction.requiringNew().call(() -> {
                BaseModelRegistration entry = described(called, summary, licence);
                entry.folder = place.toAbsolutePath().toString();
                entry.persistAndFlush();
                audit.log("base-model.check", called, "");
                jobs.add(JobQueue.IMPORTS, FolderCopy.KIND, entry.id.toString(), 0);
                return entry;
            });
        } catch (ConstraintViolationException e) { // another request was faster
            throw beingChecked(called);
        }
    }

    /** Refuses a model whose folder can't be copied. Does nothing if the registration was cancelled meanwhile. */
    @Transactional
    void refuseFolder(UUID id, String why, String fix) {
        checking(id)
                .ifPresent(entry ->
                        entry.refuse(List.of(CheckFinding.error("folder", entry.name, why, fix)), clock.now()));
    }

    /** The registration, if its folder is to be copied. */
    @Transactional
    Optional<BaseModelRegistration> copying(UUID id) {
        return BaseModelRegistration.<BaseModelRegistration>findByIdOptional(id)
                .filter(BaseModelRegistration::isCopying);
    }

    /**
     * Copies the folder of a registration into the store, and queues its check.
     *
     * @throws ProblemException if the model can't be registered
     */
    void copy(BaseModelRegistration copying) {
        checked(copying.name, copying.summary, copying.licence, copying.folder);
        Map<String, String> registered = BaseModels.registered(copying.name);
        StagedFolder files = stage(Path.of(copying.folder), Map.of());
        if (!registered.isEmpty()) requireSame(copying.name, registered, files);
        try (HeldBlobs held = files.publish(blobs)) {
            QuarkusTransaction.requiringNew()
                    .run(() -> checking(copying.id).ifPresent(entry -> {
                        entry.folder = null;
                        if (registered.isEmpty()) {
                            entry.files.putAll(files.hashes());
                            received.fire(new RegistrationReceived(entry.id));
                        } else {
                            entry.available(clock.now());
                            audit.log("base-model.repair", entry.name, "");
                        }
                    }));
        }
    }

    /**
     * Copies a model from a local folder into the store and queues its check.
     *
     * @throws ProblemException with every reason why that can't be done, as far as it is known before the check
     */
    public BaseModelRegistration register(String name, String summary, String licence, String folder) {
        return register(name, summary, licence, folder, Map.of(), entry -> {});
    }

    /**
     * The same, without copying the files that the store has.
     *
     * @param stored SHA-256 by name of files of the folder; the caller holds them in the store
     * @param joined called in the transaction that stores the registration
     */
    public BaseModelRegistration register(
            String name,
            String summary,
            String licence,
            String folder,
            Map<String, String> stored,
            Consumer<BaseModelRegistration> joined) {
        Path place = checked(name, summary, licence, folder);
        String called = name.strip();
        requireNotChecking(called);
        Map<String, String> registered = BaseModels.registered(called);
        try (RegistrationsInProgress.Registration registration = inProgress.begin(called)) {
            // each of these takes minutes for a large model, so no transaction is open
            registration.step("its files are copied to storage");
            StagedFolder files = stage(place, stored);
            if (!registered.isEmpty()) requireSame(called, registered, files);
            registration.step("its files are published in storage");
            try (HeldBlobs held = files.publish(blobs)) {
                return QuarkusTransaction.requiringNew()
                        .call(() -> registered.isEmpty()
                                ? queue(called, summary, licence, files, joined)
                                : repaired(called, joined));
            } catch (ConstraintViolationException e) { // this process knows only its own registrations
                throw takenMeanwhile(called);
            }
        }
    }

    /** @return the folder */
    private Path checked(String name, String summary, String licence, String folder) {
        List<FieldError> causes = new ArrayList<>();
        models.nameFault(name == null ? "" : name.strip()).ifPresent(causes::add);
        causes.addAll(BaseModels.textFaults(summary, licence));
        Path place = folder(folder, causes);
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        return place;
    }

    /** Why files with these names are no base model, as a sentence; empty if they may be one. */
    static Optional<String> namesFault(Collection<String> names) {
        boolean weights = names.stream().anyMatch(WEIGHTS.asMatchPredicate());
        if (!weights && names.contains("adapter_config.json")) {
            return Optional.of(
                    "These are the files of an adapter. Choose those of a base model here, and upload the adapter on the page Upload.");
        }
        Optional<String> gguf =
                names.stream().filter(name -> name.endsWith(".gguf")).findFirst();
        if (!weights && gguf.isPresent()) {
            return Optional.of(
                    "%s is a GGUF file, which LoraHub does not run. Choose the files of the original model: config.json, its weights as safetensors, and its tokenizer."
                            .formatted(gguf.get()));
        }
        if (!names.contains("config.json")) {
            return Optional.of("There is no config.json among them; choose all files of the model's folder.");
        }
        return weights
                ? Optional.empty()
                : Optional.of(
                        "There are no weights among them. Add model.safetensors, or all its shards with model.safetensors.index.json.");
    }

    private static Path folder(String text, List<FieldError> causes) {
        if (text == null || text.isBlank()) {
            causes.add(new FieldError("folder", "Give the folder that holds config.json and the weights."));
            return null;
        }
        try {
            Path folder = Path.of(text.strip());
            if (Files.isDirectory(folder)) {
                faults(folder).forEach(fault -> causes.add(new FieldError("folder", fault)));
                return folder;
            }
        } catch (InvalidPathException e) {
            // reported below
        }
        causes.add(new FieldError("folder", "There is no such folder on the server: %s.".formatted(text.strip())));
        return null;
    }

    /** What names and sizes say. */
    private static List<String> faults(Path folder) {
        try (Stream<Path> list = Files.list(folder)) {
            List<Path> files = list.filter(Files::isRegularFile).sorted().toList();
            List<String> faults = new ArrayList<>();
            namesFault(files.stream().map(BaseModelRegistrations::name).toList())
                    .ifPresent(faults::add);
            for (Path file : files) {
                if (BaseModels.needs(name(file))) {
                    BaseModels.sizeFault(name(file), Files.size(file)).ifPresent(faults::add);
                }
            }
            return faults;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Path file) {
        return file.getFileName().toString();
    }

    private static void requireNotChecking(String name) {
        boolean checking = QuarkusTransaction.requiringNew()
                .call(() -> BaseModelRegistration.named(name)
                        .filter(BaseModelRegistration::isChecking)
                        .isPresent());
        if (checking) throw beingChecked(name);
    }

    private static ProblemException beingChecked(String name) {
        return ProblemException.conflict(
                "%s is being checked already. Wait for the result, or cancel that check.".formatted(name));
    }

    private static ProblemException takenMeanwhile(String name) {
        return ProblemException.conflict(
                "%s has been registered meanwhile, by another request. That model stays as it is; choose another name for yours."
                        .formatted(name));
    }

    private StagedFolder stage(Path folder, Map<String, String> stored) {
        try {
            return StagedFolder.of(store, folder, BaseModels::needs, stored);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private BaseModelRegistration queue(
            String name, String summary, String licence, StagedFolder files, Consumer<BaseModelRegistration> joined) {
        if (BaseModelRecord.named(name).isPresent()) throw takenMeanwhile(name);
        BaseModelRegistration entry = described(name, summary, licence);
        entry.files.putAll(files.hashes());
        entry.persistAndFlush();
        audit.log("base-model.check", name, "");
        received.fire(new RegistrationReceived(entry.id));
        joined.accept(entry);
        return entry;
    }

    private BaseModelRegistration described(String name, String summary, String licence) {
        BaseModelRegistration entry = instead(name);
        entry.summary = summary == null ? "" : SingleLineText.of(summary);
        entry.licence = licence == null || licence.isBlank() ? null : licence.strip();
        return entry;
    }

    /** A new registration in place of the name's earlier one, not yet stored. */
    private BaseModelRegistration instead(String name) {
        BaseModelRegistration.<BaseModelRegistration>find("name", name)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResultOptional()
                .ifPresent(earlier -> {
                    if (earlier.isChecking()) throw beingChecked(name);
                    earlier.delete();
                    BaseModelRegistration.flush();
                });
        BaseModelRegistration entry = new BaseModelRegistration();
        entry.name = name;
        entry.person = viewer.person().orElse(null);
        entry.createdAt = clock.now();
        return entry;
    }

    /** The files of a registered model were checked before, so they are only stored again. */
    private static void requireSame(String name, Map<String, String> registered, StagedFolder files) {
        if (files.hashes().equals(registered)) return;
        throw ProblemException.invalid(
                "folder",
                ("%s is registered, and some of its files are damaged in the hub's storage. To repair it,"
                                + " register the same files again; these are different ones.")
                        .formatted(name));
    }

    private BaseModelRegistration repaired(String name, Consumer<BaseModelRegistration> joined) {
        BaseModelRegistration entry = instead(name);
        entry.available(clock.now());
        entry.persistAndFlush();
        audit.log("base-model.repair", name, "");
        joined.accept(entry);
        return entry;
    }

    /**
     * Cancels a check, or forgets a refused model.
     *
     * @throws ProblemException 404 if there is none; conflict if the model is registered
     */
    @Transactional
    public void remove(String name) {
        BaseModelRegistration entry =
                BaseModelRegistration.locked(get(name).id).orElseThrow(() -> ProblemException.notFound("registration"));
        if (entry.getState() == RegistrationState.AVAILABLE) {
            throw ProblemException.conflict("%s is registered. Remove the base model itself.".formatted(name));
        }
        entry.delete();
        audit.log("base-model.cancel", name, "");
    }

    /** Cancels a check; does nothing if it has ended. */
    @Transactional
    public void cancel(UUID id) {
        checking(id).ifPresent(BaseModelRegistration::delete);
    }

    /**
     * The files to check, SHA-256 by name. Empty if the registration does not wait for its check, or was given up because
     * the check stopped early too often.
     */
    @Transactional
    public Optional<Map<String, String>> begin(UUID id) {
        BaseModelRegistration entry = checking(id).orElse(null);
        if (entry == null) return Optional.empty();
        if (entry.tries >= MAX_TRIES) {
            String why = "The check was interrupted %d times.".formatted(entry.tries);
            String fix = entry.interruption == null ? "Register the model again." : entry.interruption;
            entry.refuse(List.of(CheckFinding.error("check-interrupted", entry.name, why, fix)), clock.now());
            return Optional.empty();
        }
        entry.tries++;
        entry.begunAt = clock.now();
        return Optional.of(Map.copyOf(entry.files));
    }

    /** Whether the result is still needed: the registration may have been cancelled meanwhile. */
    @Transactional
    public boolean isAwaited(UUID id) {
        return BaseModelRegistration.count("id = ?1 and state = ?2", id, RegistrationState.CHECKING) > 0;
    }

    /**
     * Records that the check was stopped because it exceeded a limit.
     *
     * @return whether to try again; otherwise the model is refused for this reason
     */
    @Transactional
    public boolean overrun(UUID id, CheckFinding why) {
        BaseModelRegistration entry = checking(id).orElse(null);
        if (entry == null) return false;
        entry.overruns++;
        entry.begunAt = null;
        if (entry.overruns < MAX_OVERRUNS) return true;
        entry.refuse(List.of(why), clock.now());
        return false;
    }

    /**
     * Records that the hub shut down during the check, which says nothing about the files, so the attempt does not count.
     */
    @Transactional
    public void interrupted(UUID id) {
        checking(id).ifPresent(entry -> {
            entry.tries = Math.max(0, entry.tries - 1);
            entry.begunAt = null;
        });
    }

    /** @param why a sentence, shown if the check stops early every time */
    @Transactional
    public void brokeOff(UUID id, String why) {
        checking(id).ifPresent(entry -> {
            entry.interruption = why;
            entry.begunAt = null;
        });
    }

    /** @param why at least one */
    @Transactional
    public void refuse(UUID id, List<CheckFinding> why) {
        checking(id).ifPresent(entry -> entry.refuse(why, clock.now()));
    }

    /** Registers a model that passed its check. Does nothing if the registration was cancelled meanwhile. */
    @Transactional
    public void accept(UUID id, BaseModelFacts facts) {
        BaseModelRegistration entry = checking(id).orElse(null);
        if (entry == null) return;
        if (BaseModelRecord.named(entry.name).isPresent()) {
            String why = "%s has been registered meanwhile. That model stays as it is.".formatted(entry.name);
            entry.refuse(
                    List.of(CheckFinding.error("name-taken", entry.name, why, "Choose another name for yours.")),
                    clock.now());
            return;
        }
        BaseModelRecord model = new BaseModelRecord();
        model.name = entry.name;
        model.summary = entry.summary;
        model.licence = entry.licence;
        model.modelType = facts.modelType();
        model.parameters = facts.parameters();
        model.bytes = facts.bytes();
        model.chatTemplate = facts.chatTemplate();
        String continuation = facts.continuation();
        model.continuation =
                SingleLineText.of(continuation.substring(0, Math.min(CONTINUATION, continuation.length())));
        model.registeredBy = entry.person;
        model.files.putAll(entry.files);
        model.persistAndFlush();
        entry.available(clock.now());
        audit.log(
                entry.person == null ? "anonymous" : entry.person.name,
                "base-model.register",
                model.name,
                "%,d parameters, %s".formatted(model.parameters, model.modelType));
    }

    private static Optional<BaseModelRegistration> checking(UUID id) {
        return BaseModelRegistration.locked(id).filter(BaseModelRegistration::isChecking);
    }
}
