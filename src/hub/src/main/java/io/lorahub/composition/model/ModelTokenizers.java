package io.lorahub.composition.model;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.engine.prompt.ModelPrompts;
import io.lorahub.web.budget.RequestBudgets;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * The tokenizers and prompt formats of the registered base models, which let a web process check examples before a
 * worker does.
 */
@ApplicationScoped
public class ModelTokenizers {

    private static final Logger LOG = Logger.getLogger(ModelTokenizers.class);

    /** Number of tokenizers kept; each takes some ten megabytes of memory. */
    private static final int KEPT = 8;

    private final WorkerModels models;
    private final RequestBudgets budgets;

    /** A tokenizer that is loaded and used independently of the others; its users take turns. */
    private static final class Entry {
        private final ReentrantLock turn = new ReentrantLock();
        private ModelPrompts prompts;
        private volatile boolean dropped;

        private void closeIfDropped() {
            if (!dropped || prompts == null) return;
            prompts.close();
            prompts = null;
        }
    }

    /** Tokenizers by the base model's files, the least recently used first. */
    private final Map<String, Entry> open = new LinkedHashMap<>(16, 0.75f, true);

    ModelTokenizers(WorkerModels models, RequestBudgets budgets) {
        this.models = models;
        this.budgets = budgets;
    }

    /**
     * Applies a function to the tokenizer and prompts of a base model; empty if they cannot be read, for the reason
     * given in the log.
     */
    public <T> Optional<T> with(BaseModelRecord base, Function<ModelPrompts, T> question) {
        if (!base.files.containsKey("tokenizer.json")) return Optional.empty();
        return budgets.current().compute(() -> inTurn(base, question));
    }

    private <T> Optional<T> inTurn(BaseModelRecord base, Function<ModelPrompts, T> question) {
        Entry entry = entry(RunFiles.key(base.files));
        entry.turn.lock();
        try {
            if (entry.prompts == null) entry.prompts = models.prompts(Map.copyOf(base.files));
            return Optional.of(question.apply(entry.prompts));
        } catch (RuntimeException | LinkageError e) {
            LOG.warnf(e, "The tokenizer of %s cannot be used; only workers will count tokens.", base.name);
            return Optional.empty();
        } finally {
            entry.closeIfDropped();
            entry.turn.unlock();
        }
    }

    private Entry entry(String key) {
        synchronized (open) {
            Entry entry = open.computeIfAbsent(key, k -> new Entry());
            if (open.size() > KEPT) drop(open.remove(open.keySet().iterator().next()));
            return entry;
        }
    }

    /** Drops a tokenizer; if it is in use, its user closes it afterwards. */
    private static void drop(Entry entry) {
        entry.dropped = true;
        if (!entry.turn.tryLock()) return;
        try {
            entry.closeIfDropped();
        } finally {
            entry.turn.unlock();
        }
    }

    /**
     * Maximum number of tokens of an input or output in a run's examples, or of both together for a decoder-only model;
     * empty if there is no limit or it is unknown. Lower than {@link #readable} for T5: a search keeps what gradients
     * need, which grows with the square of the length.
     */
    public Optional<Integer> limit(BaseModelRecord base) {
        return with(
                        base,
                        prompts -> prompts.context()
                                .orElseGet(() -> prompts.tokenizer().isLimited()
                                        ? prompts.tokenizer().maxLength()
                                        : 0))
                .filter(tokens -> tokens > 0);
    }

    /** Maximum number of tokens of an input that is only answered; empty if it is unknown. */
    public Optional<Integer> readable(BaseModelRecord base) {
        return with(base, prompts -> ModelPrompts.longest(prompts.context(), prompts.tokenizer()));
    }

    @PreDestroy
    void close() {
        synchronized (open) {
            open.values().forEach(ModelTokenizers::drop);
            open.clear();
        }
    }
}
