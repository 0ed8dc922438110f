package io.lorahub.basemodel;

import io.lorahub.account.Viewer;
import io.lorahub.audit.Audit;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.inspection.Inspection;
import io.lorahub.engine.inspection.ModelSummary;
import io.lorahub.engine.inspection.ModelTrial;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.StagedFolder;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SingleLineText;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.NotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.hibernate.exception.ConstraintViolationException;

/** Base models against which adapters are checked and on which they are composed. */
@ApplicationScoped
public class BaseModels {

    /** A repository name on the Hugging Face Hub. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][\\w.-]{0,95}(/[A-Za-z0-9][\\w.-]{0,95})?");

    /** Names of the files in a model's folder that are needed; all others are ignored. */
    private static final Pattern FILES = Pattern.compile(
            "(config|generation_config|tokenizer|tokenizer_config|special_tokens_map)\\.json|chat_template\\.jinja"
                    + "|(spiece|tokenizer|sentencepiece\\.bpe)\\.model|merges\\.txt|vocab\\.(json|txt)|added_tokens\\.json"
                    + "|model([\\w.-]*)\\.safetensors(\\.index\\.json)?|pytorch_model([\\w.-]*)\\.bin(\\.index\\.json)?");

    /** Maximum number of problems that a form shows. */
    private static final int SHOWN = 3;

    /** Maximum number of characters that the database stores. */
    private static final int CONTINUATION = 200;

    private static final int LONGEST_SUMMARY = 300;
    private static final int LONGEST_LICENCE = 60;

    private final Viewer viewer;
    private final Audit audit;
    private final Blobs blobs;
    private final ObjectStore store;
    private final RegistrationsInProgress registrations = new RegistrationsInProgress();

    BaseModels(Viewer viewer, Audit audit, Blobs blobs, ObjectStore store) {
        this.viewer = viewer;
        this.audit = audit;
        this.blobs = blobs;
        this.store = store;
    }

    /** All registered models, sorted by name. */
    public List<BaseModelRecord> all() {
        return BaseModelRecord.list("order by name");
    }

    public BaseModelRecord named(String name) {
        return BaseModelRecord.named(name)
                .orElseThrow(() -> new NotFoundException("There is no base model " + name + "."));
    }

    /** Size of a base model's file in bytes. */
    long size(String sha256) {
        return blobs.size(sha256);
    }

    /** The number of adapters that name it as their base model, whether or not the viewer can see them. */
    public long adaptersOf(String name) {
        return BaseModelRecord.getEntityManager()
                .createQuery("select count(*) from Adapter where baseModel = ?1", Long.class)
                .setParameter(1, name)
                .getSingleResult();
    }

    /**
     * Copies a model from a local folder into the store, after the engine has read it in full and run it once.
     *
     * @throws ProblemException with every reason why the model cannot be used
     */
    public BaseModelRecord register(String name, String summary, String licence, String folder) {
        return register(name, summary, licence, folder, Map.of());
    }

    /**
     * The same, without copying the files that the store has.
     *
     * @param stored SHA-256 by name of files of the folder; the caller holds them in the store
     */
    public BaseModelRecord register(
            String name, String summary, String licence, String folder, Map<String, String> stored) {
        List<FieldError> causes = new ArrayList<>();
        String called = name == null ? "" : name.strip();
        nameFault(called).ifPresent(causes::add);
        causes.addAll(textFaults(summary, licence));
        Map<String, String> registered = registered(called);
        Path place = folder(folder, causes);
        if (!causes.isEmpty()) throw ProblemException.invalid(causes);
        try (RegistrationsInProgress.Registration registration = registrations.begin(called)) {
            // each of these takes minutes for a large model, so no transaction is open
            registration.step("the engine reads the model and runs it once");
            Trial model = check(place);
            registration.step("its files are copied to storage");
            StagedFolder files = stage(place, stored);
            if (!registered.isEmpty()) return repair(called, registered, files);
            registration.step("its files are published in storage");
            try (HeldBlobs held = files.publish(blobs)) {
                return QuarkusTransaction.requiringNew().call(() -> store(called, summary, licence, model, files));
            } catch (ConstraintViolationException e) { // this process knows only its own registrations
                throw ProblemException.conflict(
                        "%s has been registered meanwhile, by another request. That model stays as it is; choose another name for yours."
                                .formatted(called));
            }
        }
    }

    /** Why no model can be registered under this name; empty if one can, or if files of the registered one are damaged. */
    public Optional<FieldError> nameFault(String name) {
        if (!NAME.matcher(name).matches()) {
            return Optional.of(new FieldError("name", "Write it as adapters name it, such as google/flan-t5-small."));
        }
        Map<String, String> registered = registered(name);
        return registered.isEmpty() || !blobs.areUsable(registered.values())
                ? Optional.empty()
                : Optional.of(new FieldError("name", "%s is registered already.".formatted(name)));
    }

    /** Why a summary and a licence can't be kept; both may be null. */
    public static List<FieldError> textFaults(String summary, String licence) {
        List<FieldError> faults = new ArrayList<>();
        if (summary != null && summary.length() > LONGEST_SUMMARY) {
            faults.add(new FieldError("summary", "Write at most %d characters.".formatted(LONGEST_SUMMARY)));
        }
        if (licence == null) return faults;
        if (licence.length() > LONGEST_LICENCE) {
            faults.add(new FieldError("licence", "Write at most %d characters.".formatted(LONGEST_LICENCE)));
        }
        SingleLineText.fault(licence).ifPresent(fault -> faults.add(new FieldError("licence", fault)));
        return faults;
    }

    /** Whether a file of a model's folder is kept; all others are ignored. */
    public static boolean needs(String name) {
        return FILES.matcher(name).matches();
    }

    /** SHA-256 by name of the files of a registered model; empty if no model has this name. */
    private static Map<String, String> registered(String name) {
        return QuarkusTransaction.requiringNew()
                .call(() -> BaseModelRecord.named(name)
                        .map(entry -> Map.copyOf(entry.files))
                        .orElse(Map.of()));
    }

    /** Stores the files of a registered model again, because some are missing or damaged in the store. */
    private BaseModelRecord repair(String name, Map<String, String> registered, StagedFolder files) {
        if (!files.hashes().equals(registered)) {
            throw ProblemException.invalid(
                    "folder",
                    ("%s is registered, and some of its files are damaged in the hub's storage. To repair it,"
                                    + " register the same files again; these are different ones.")
                            .formatted(name));
        }
        try (HeldBlobs held = files.publish(blobs)) {
            return QuarkusTransaction.requiringNew().call(() -> {
                audit.log("base-model.repair", name, "");
                return BaseModelRecord.named(name).orElseThrow();
            });
        }
    }

    private StagedFolder stage(Path folder, Map<String, String> stored) {
        try {
            return StagedFolder.of(store, folder, BaseModels::needs, stored);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private BaseModelRecord store(String called, String summary, String licence, Trial model, StagedFolder files) {
        BaseModelRecord entry = new BaseModelRecord();
        entry.name = called;
        entry.summary = summary == null ? "" : SingleLineText.of(summary);
        entry.licence = licence == null || licence.isBlank() ? null : licence.strip();
        entry.modelType = model.summary().modelType();
        entry.parameters = model.summary().tensors().parameters();
        entry.bytes = model.summary().tensors().bytes();
        entry.chatTemplate = model.trial().chatTemplate();
        String continuation = model.trial().continuation();
        entry.continuation =
                SingleLineText.of(continuation.substring(0, Math.min(CONTINUATION, continuation.length())));
        entry.registeredBy = viewer.person().orElse(null);
        entry.files = files.hashes();
        entry.persistAndFlush();
        audit.log("base-model.register", called, "%,d parameters, %s".formatted(entry.parameters, entry.modelType));
        return entry;
    }

    /**
     * Removes a model. The sweep deletes its files later, unless they are used elsewhere.
     *
     * @throws ProblemException conflict, while adapters or runs need it
     */
    @Transactional
    public void remove(String name) {
        BaseModelRecord entry = named(name);
        long adapters = adaptersOf(name);
        long runs = (Long) BaseModelRecord.getEntityManager()
                .createNativeQuery("select count(*) from composition_run where base_model_id = ?1", Long.class)
                .setParameter(1, entry.id)
                .getSingleResult();
        if (adapters + runs > 0) {
            throw ProblemException.conflict("%s can't be removed: %s.".formatted(name, uses(adapters, runs)));
        }
        entry.delete();
        audit.log("base-model.remove", name, "");
    }

    private static String uses(long adapters, long runs) {
        String naming = adapters == 1 ? "1 adapter names it" : "%,d adapters name it".formatted(adapters);
        String using = runs == 1 ? "1 run used it" : "%,d runs used it".formatted(runs);
        if (runs == 0) return naming;
        return adapters == 0 ? using : naming + ", and " + using;
    }

    private static Path folder(String text, List<FieldError> causes) {
        if (text == null || text.isBlank()) {
            causes.add(new FieldError("folder", "Give the folder that holds config.json and the weights."));
            return null;
        }
        try {
            Path folder = Path.of(text.strip());
            if (Files.isDirectory(folder)) return folder;
        } catch (InvalidPathException e) {
            // reported below
        }
        causes.add(new FieldError("folder", "There is no such folder on the server: %s.".formatted(text.strip())));
        return null;
    }

    /** What is known about a model that can be used. */
    private record Trial(ModelSummary summary, ModelTrial trial) {}

    private static Trial check(Path folder) {
        Inspection inspection = Inspection.of(folder);
        if (inspection.kind() != Inspection.Kind.BASE_MODEL
                || inspection.model().isEmpty()
                || !inspection.sound()) {
            List<FieldError> causes = inspection.findings().stream()
                    .filter(CheckFinding::isError)
                    .map(f -> new FieldError("folder", f.message() + (f.fix().isEmpty() ? "" : " " + f.fix())))
                    .toList();
            throw ProblemException.invalid(
                    causes.isEmpty()
                            ? List.of(new FieldError("folder", "This folder doesn't contain a base model."))
                            : shortened(causes));
        }
        try {
            return new Trial(inspection.model().get(), ModelTrial.run(folder));
        } catch (EngineException e) {
            throw ProblemException.invalid(List.of(new FieldError("folder", e.getMessage())));
        }
    }

    /** A model that lacks a layer lacks a dozen tensors. */
    private static List<FieldError> shortened(List<FieldError> causes) {
        if (causes.size() <= SHOWN + 1) return causes;
        List<FieldError> shown = new ArrayList<>(causes.subList(0, SHOWN));
        shown.add(new FieldError(
                "folder", "There are %d more problems; lorahub inspect lists them.".formatted(causes.size() - SHOWN)));
        return shown;
    }
}
