package io.lorahub.basemodel.registration;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.audit.Audit;
import io.lorahub.basemodel.BaseModelFacts;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.basemodel.BaseModels;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.job.JobQueue;
import io.lorahub.job.Jobs;
import io.lorahub.upload.FileEntry;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.FilePath;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadLimits;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.check.UploadChecks;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SingleLineText;
import jakarta.enterprise.context.ApplicationScoped;
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
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The way of a base model into the hub: its files are an upload, a process of its own checks them, and it is registered or
 * refused. This class reads no more of the files than their names and sizes.
 */
@ApplicationScoped
public class BaseModelRegistrations {

    private static final Pattern WEIGHTS =
            Pattern.compile("(model|pytorch_model).*\\.(safetensors|bin)(\\.index\\.json)?");

    private static final int SHOWN = 50;

    /** Maximum number of characters that the database stores. */
    private static final int CONTINUATION = 200;

    private final BaseModels models;
    private final Viewer viewer;
    private final Audit audit;
    private final Uploads uploads;
    private final UploadLimits limits;
    private final Jobs jobs;

    BaseModelRegistrations(
            BaseModels models, Viewer viewer, Audit audit, Uploads uploads, UploadLimits limits, Jobs jobs) {
        this.models = models;
        this.viewer = viewer;
        this.audit = audit;
        this.uploads = uploads;
        this.limits = limits;
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
     * Announces the files of a model that the viewer sends; they are checked once all are here. Files that the viewer has
     * begun to send are continued.
     *
     * @param sizes in bytes, by name; those of files that a model doesn't need are left out
     * @throws ProblemException with every reason why that can't be done, as far as names and sizes say it
     */
    @Transactional
    public Upload announce(String name, String summary, String licence, Map<String, Long> sizes) {
        List<FieldError> causes = faults(name, summary, licence);
        faults(sizes).forEach(fault -> causes.add(new FieldError("files", fault)));
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        requireNotChecking(name.strip());
        Person person = viewer.require();
        Upload upload = announced(person, name.strip(), summary, licence, needed(sizes));
        return Upload.<Upload>find(
                        "person = ?1 and baseModel = ?2 and state = RECEIVING and sourceFolder is null order by createdAt desc",
                        person,
                        upload.baseModel)
                .stream()
                .filter(begun -> sizes(begun).equals(sizes(upload)) && begun.card.equals(upload.card))
                .findFirst()
                .orElseGet(() -> {
                    store(upload);
                    return upload;
                });
    }

    /** Announces files that an import fetches, in the caller's transaction. */
    public Upload announceImport(Person person, String name, String summary, String licence, Map<String, Long> sizes) {
        Upload upload = announced(person, name, summary, licence, sizes);
        upload.persist();
        return upload;
    }

    /**
     * Queues a model in a folder of this machine, to be copied and checked.
     *
     * @throws ProblemException with every reason why that can't be done, as far as names and sizes say it
     */
    @Transactional
    public BaseModelRegistration queue(String name, String summary, String licence, String folder) {
        List<FieldError> causes = faults(name, summary, licence);
        Path place = folder(folder, causes);
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        requireNotChecking(name.strip());
        Upload upload = announced(viewer.person().orElse(null), name.strip(), summary, licence, Map.of());
        upload.sourceFolder = place.toAbsolutePath().toString();
        store(upload);
        UploadChecks.forgetEnded(upload);
        jobs.add(JobQueue.IMPORTS, FolderCopy.KIND, upload.id.toString(), 0);
        return BaseModelRegistration.of(upload);
    }

    private void store(Upload upload) {
        upload.persistAndFlush();
        audit.log("base-model.check", upload.baseModel, "");
    }

    private Upload announced(Person person, String name, String summary, String licence, Map<String, Long> sizes) {
        Upload upload = new Upload();
        upload.person = person;
        upload.baseModel = name;
        ObjectNode card = JsonNodeFactory.instance.objectNode();
        card.put("summary", summary == null ? "" : SingleLineText.of(summary));
        if (licence != null && !licence.isBlank()) card.put("licence", licence.strip());
        upload.card = card;
        add(upload, sizes);
        return upload;
    }

    /** Announces files with these sizes in bytes, by name. */
    private void add(Upload upload, Map<String, Long> sizes) {
        limits.checkStore(sizes.values().stream().mapToLong(Long::longValue).sum());
        sizes.forEach((name, size) -> upload.add(new FileEntry(new FilePath("", name, FileKind.KEPT), size, 0)));
    }

    /** The sizes of the files of an upload in bytes, by name. */
    private static Map<String, Long> sizes(Upload upload) {
        return upload.files.stream().collect(Collectors.toMap(file -> file.name, file -> file.size));
    }

    private static Map<String, Long> needed(Map<String, Long> sizes) {
        Map<String, Long> needed = new TreeMap<>(sizes);
        needed.keySet().removeIf(name -> !BaseModels.needs(name));
        return needed;
    }

    private List<FieldError> faults(String name, String summary, String licence) {
        List<FieldError> causes = new ArrayList<>();
        models.nameFault(name == null ? "" : name.strip()).ifPresent(causes::add);
        causes.addAll(BaseModels.textFaults(summary, licence));
        return causes;
    }

    /** What names and sizes say against files. */
    private static List<String> faults(Map<String, Long> sizes) {
        List<String> faults = new ArrayList<>();
        namesFault(sizes.keySet()).ifPresent(faults::add);
        needed(sizes).forEach((name, size) -> {
            if (size < 0) faults.add("The size of %s is %d; give its size in bytes.".formatted(name, size));
            BaseModels.sizeFault(name, size).ifPresent(faults::add);
        });
        return faults;
    }

    /** Why files with these names are no base model, as a sentence; empty if they may be one. */
    private static Optional<String> namesFault(Collection<String> names) {
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
                faults(listed(folder)).forEach(fault -> causes.add(new FieldError("folder", fault)));
                return folder;
            }
        } catch (InvalidPathException e) {
            // reported below
        }
        causes.add(new FieldError("folder", "There is no such folder on the server: %s.".formatted(text.strip())));
        return null;
    }

    /** Sizes in bytes by name of the files in a folder. */
    private static Map<String, Long> listed(Path folder) {
        Map<String, Long> sizes = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                sizes.put(file.getFileName().toString(), Files.size(file));
            }
            return sizes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Announces the files of a model's folder; those that have another size than announced before are copied anew.
     *
     * @return whether the upload still waits for them
     * @throws ProblemException if they can't be a base model
     */
    @Transactional
    boolean announceFolder(UUID id) {
        Upload upload = Upload.locked(id).orElse(null);
        if (upload == null || upload.getState() != UploadState.RECEIVING) return false;
        Map<String, Long> sizes = listed(Path.of(upload.sourceFolder));
        List<FieldError> causes = new ArrayList<>();
        models.nameFault(upload.baseModel).ifPresent(causes::add);
        faults(sizes).forEach(fault -> causes.add(new FieldError("folder", fault)));
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        Map<String, Long> needed = needed(sizes);
        List<UploadFile> others = upload.files.stream()
                .filter(file -> !Long.valueOf(file.size).equals(needed.get(file.name)))
                .toList();
        uploads.remove(upload, others);
        needed.keySet().removeAll(sizes(upload).keySet());
        add(upload, needed);
        return true;
    }

    private static void requireNotChecking(String name) {
        // other requests for the name wait until the transaction ends
        Upload.getEntityManager()
                .createNativeQuery("select 1 from pg_advisory_xact_lock(hashtext('base-model'), hashtext(?1))")
                .setParameter(1, name)
                .getSingleResult();
        if (BaseModelRegistration.named(name)
                .filter(BaseModelRegistration::isChecking)
                .isPresent()) {
            throw ProblemException.conflict(
                    "%s is being checked already. Wait for the result, or cancel that check.".formatted(name));
        }
    }

    /**
     * Cancels a check, or forgets a refused model.
     *
     * @throws ProblemException 404 if there is none; conflict if the model is registered
     */
    @Transactional
    public void remove(String name) {
        Upload upload = BaseModelRegistration.upload(name)
                .flatMap(found -> Upload.locked(found.id))
                .orElseThrow(() -> ProblemException.notFound("registration"));
        if (upload.getState() == UploadState.PUBLISHED) {
            throw ProblemException.conflict("%s is registered. Remove the base model itself.".formatted(name));
        }
        uploads.cancel(upload);
        audit.log("base-model.cancel", name, "");
    }

    /** Cancels an upload whose check has not ended, in the caller's transaction. */
    public void cancel(Upload upload) {
        if (upload.getState() != UploadState.FAILED) uploads.cancel(upload);
    }

    /** @param why at least one */
    @Transactional
    public void refuse(UUID id, List<CheckFinding> why) {
        UploadChecks.checking(id).ifPresent(upload -> upload.refuse(why));
    }

    /** Refuses a model whose folder can't be copied. Does nothing if the registration was cancelled meanwhile. */
    @Transactional
    void refuseFolder(UUID id, String why, String fix) {
        Upload.locked(id)
                .filter(upload -> upload.getState() == UploadState.RECEIVING)
                .ifPresent(upload -> {
                    uploads.remove(upload, List.copyOf(upload.files));
                    upload.refuse(List.of(CheckFinding.error("folder", upload.baseModel, why, fix)));
                });
    }

    /**
     * Registers a model that passed its check, or repairs a registered one whose files were damaged. Does nothing if the
     * registration was cancelled meanwhile.
     */
    @Transactional
    public void accept(UUID id, BaseModelFacts facts) {
        Upload upload = UploadChecks.checking(id).orElse(null);
        if (upload == null) return;
        Optional<BaseModelRecord> registered = BaseModelRecord.named(upload.baseModel);
        if (registered.isEmpty()) {
            register(upload, facts);
        } else if (registered.get().files.equals(upload.hashes())) { // receiving them has stored them again
            publish(upload);
            audit.log(name(upload.person), "base-model.repair", upload.baseModel, "");
        } else {
            upload.refuse(List.of(taken(upload, registered.get())));
        }
    }

    private static CheckFinding taken(Upload upload, BaseModelRecord registered) {
        String name = upload.baseModel;
        return registered.createdAt.isAfter(upload.createdAt)
                ? CheckFinding.error(
                        "name-taken",
                        name,
                        "%s has been registered meanwhile. That model stays as it is.".formatted(name),
                        "Choose another name for yours.")
                : CheckFinding.error(
                        "other-files",
                        name,
                        "%s is registered, and some of its files are damaged in the hub's storage; these are different ones."
                                .formatted(name),
                        "To repair it, register the same files again.");
    }

    private void register(Upload upload, BaseModelFacts facts) {
        BaseModelRecord model = new BaseModelRecord();
        model.name = upload.baseModel;
        model.summary = upload.card.path("summary").asText();
        model.licence = upload.card.path("licence").textValue();
        model.modelType = facts.modelType();
        model.parameters = facts.parameters();
        model.bytes = facts.bytes();
        model.chatTemplate = facts.chatTemplate();
        String continuation = facts.continuation();
        model.continuation =
                SingleLineText.of(continuation.substring(0, Math.min(CONTINUATION, continuation.length())));
        model.registeredBy = upload.person;
        model.files.putAll(upload.hashes());
        model.persistAndFlush();
        publish(upload);
        audit.log(
                name(upload.person),
                "base-model.register",
                model.name,
                "%,d parameters, %s".formatted(model.parameters, model.modelType));
    }

    private static String name(Person person) {
        return person == null ? "anonymous" : person.name;
    }

    private static void publish(Upload upload) {
        upload.become(UploadState.PASSED);
        upload.become(UploadState.PUBLISHED);
    }
}
