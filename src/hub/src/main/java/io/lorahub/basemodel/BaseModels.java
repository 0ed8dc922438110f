package io.lorahub.basemodel;

import io.lorahub.audit.Audit;
import io.lorahub.storage.Blobs;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SingleLineText;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.NotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

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

    /**
     * In bytes. Web processes read these files of a registered model for its prompts and for the shapes of its tensors, so
     * they must fit a web process. Among public models, the largest are 33 MB (the tokenizer of Gemma 3) and 1 MB (its
     * configuration).
     */
    private static final long LARGEST_VOCABULARY = 64_000_000;

    private static final long LARGEST_TEXT = 8_000_000;

    private static final Pattern VOCABULARY =
            Pattern.compile("tokenizer\\.json|vocab\\.(json|txt)|merges\\.txt|added_tokens\\.json");
    private static final Pattern TEXT = Pattern.compile(".*\\.(json|jinja)");

    private static final int LONGEST_SUMMARY = 300;
    private static final int LONGEST_LICENCE = 60;

    private final Audit audit;
    private final Blobs blobs;

    BaseModels(Audit audit, Blobs blobs) {
        this.audit = audit;
        this.blobs = blobs;
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
    public long size(String sha256) {
        return blobs.size(sha256);
    }

    /** The number of adapters that name it as their base model, whether or not the viewer can see them. */
    public long adaptersOf(String name) {
        return BaseModelRecord.getEntityManager()
                .createQuery("select count(*) from Adapter where baseModel = ?1", Long.class)
                .setParameter(1, name)
                .getSingleResult();
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

    /** Why a file of a model is too large to be kept, as a sentence; weights never are. */
    public static Optional<String> sizeFault(String name, long bytes) {
        long most = VOCABULARY.matcher(name).matches()
                ? LARGEST_VOCABULARY
                : TEXT.matcher(name).matches() ? LARGEST_TEXT : Long.MAX_VALUE;
        return bytes <= most
                ? Optional.empty()
                : Optional.of("%s has %,d bytes; at most %,d are accepted.".formatted(name, bytes, most));
    }

    /** SHA-256 by name of the files of a registered model; empty if no model has this name. */
    static Map<String, String> registered(String name) {
        return QuarkusTransaction.requiringNew()
                .call(() -> BaseModelRecord.named(name)
                        .map(entry -> Map.copyOf(entry.files))
                        .orElse(Map.of()));
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
        BaseModelRecord.getEntityManager()
                .createNativeQuery("delete from upload where base_model = ?1 and state = 'PUBLISHED'")
                .setParameter(1, name)
                .executeUpdate();
        audit.log("base-model.remove", name, "");
    }

    private static String uses(long adapters, long runs) {
        String naming = adapters == 1 ? "1 adapter names it" : "%,d adapters name it".formatted(adapters);
        String using = runs == 1 ? "1 run used it" : "%,d runs used it".formatted(runs);
        if (runs == 0) return naming;
        return adapters == 0 ? using : naming + ", and " + using;
    }
}
