package io.lorahub.composition;

import io.lorahub.basemodel.BaseModelEntry;
import io.lorahub.engine.model.Tokenizer;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** The tokenizers of the registered base models, so that a web process can count tokens before a worker does. */
@ApplicationScoped
public class ModelTokenizers {

    private static final Logger LOG = Logger.getLogger(ModelTokenizers.class);

    /** A tokenizer takes some ten megabytes. */
    private static final int KEPT = 8;

    private final WorkerModels models;

    /** By the base model's files; the one that was not used for longest is first. */
    private final Map<String, Tokenizer> open = new LinkedHashMap<>(16, 0.75f, true);

    ModelTokenizers(WorkerModels models) {
        this.models = models;
    }

    /** Asks the tokenizer of a base model; empty where it cannot be read, of which the log has the reason. */
    <T> Optional<T> with(BaseModelEntry base, Function<Tokenizer, T> question) {
        if (!base.files.containsKey("tokenizer.json")) return Optional.empty();
        synchronized (open) {
            try {
                Tokenizer tokenizer =
                        open.computeIfAbsent(RunFiles.key(base.files), key -> models.tokenizer(Map.copyOf(base.files)));
                T answer = question.apply(tokenizer);
                if (open.size() > KEPT) discardOldest();
                return Optional.of(answer);
            } catch (RuntimeException | LinkageError e) {
                LOG.warnf(e, "The tokenizer of %s cannot be used; only workers will count tokens.", base.name);
                return Optional.empty();
            }
        }
    }

    private void discardOldest() {
        String oldest = open.keySet().iterator().next();
        open.remove(oldest).close();
    }

    /** Tokens that an input or an output may have; empty where there is no limit or it is not known. */
    public Optional<Integer> limit(BaseModelEntry base) {
        return with(base, tokenizer -> tokenizer.isLimited() ? tokenizer.maxLength() : 0)
                .filter(tokens -> tokens > 0);
    }

    @PreDestroy
    void close() {
        synchronized (open) {
            open.values().forEach(Tokenizer::close);
            open.clear();
        }
    }
}
