package io.lorahub.composition;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.ComposeForm.Candidate;
import io.lorahub.engine.learning.Example;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Candidates for a task by what they promise: the loss of each adapter alone on the examples, beside that of the base
 * model. A worker computes it.
 */
@ApplicationScoped
public class CandidateSuggestions {

    /** An answer that comes within this time is shown at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    /** Adapters that are listed, and of those at least these are chosen even if none is better than the base model. */
    private static final int LISTED = 20;

    private static final int CHOSEN = 5;

    private final WorkerTasks trials;
    private final CandidateFinder finder;

    CandidateSuggestions(WorkerTasks trials, CandidateFinder finder) {
        this.trials = trials;
        this.finder = finder;
    }

    /** @param said about the suggestion, in a sentence */
    record Suggested(ComposeForm form, String said) {}

    /** @throws ProblemException invalid, for a form without examples or base model; too many */
    Suggested ask(RunOwner owner, ComposeForm form) {
        List<FieldError> faults = new ArrayList<>();
        List<Example> examples = form.filled();
        if (examples.isEmpty()
                || examples.stream()
                        .anyMatch(e -> e.input().isBlank() || e.output().isBlank())) {
            faults.add(new FieldError(
                    "examples", "Give examples with input and output first; adapters are tried on them."));
        }
        Optional<String> base = baseModel(form);
        if (base.isEmpty())
            faults.add(new FieldError("base_model", "Choose the base model whose adapters are to be tried."));
        if (!faults.isEmpty()) throw ProblemException.invalid(faults);
        UUID question = trials.suggest(
                owner,
                base.get(),
                examples,
                form.candidates().stream().map(Candidate::address).toList());
        trials.await(question, PATIENCE);
        return take(owner, form.withSuggestion(question));
    }

    /** The form with the answer to its question, or still with the question. */
    Suggested take(RunOwner owner, ComposeForm form) {
        if (form.suggestion().isEmpty()) return new Suggested(form, "There is no suggestion to wait for.");
        Optional<TaskResult> answer =
                trials.answer(trials.of(owner, form.suggestion().get()));
        if (answer.isEmpty()) return new Suggested(form, "The adapters are being tried on your examples.");
        ComposeForm answered = form.withSuggestion(null);
        return answer.get() instanceof TaskResult.Suggest suggest
                ? new Suggested(answered.ranked(candidates(suggest, answered)), sentence(suggest))
                : new Suggested(answered, ((TaskResult.Failed) answer.get()).why());
    }

    private Optional<String> baseModel(ComposeForm form) {
        return baseModel(form, finder.rows(form.candidates(), form.baseModel()));
    }

    /**
     * The chosen one, or that of the candidates, or the only one.
     *
     * @param rows the candidates of the form
     */
    Optional<String> baseModel(ComposeForm form, List<CandidateFinder.Row> rows) {
        if (!form.baseModel().isBlank()) return Optional.of(form.baseModel());
        Optional<String> shared = rows.stream()
                .filter(row -> row.candidate().chosen())
                .flatMap(row -> row.adapter().stream())
                .map(adapter -> adapter.baseModel)
                .findFirst();
        if (shared.isPresent()) return shared;
        List<BaseModelRecord> all = BaseModelRecord.listAll();
        return all.size() == 1 ? Optional.of(all.get(0).name) : Optional.empty();
    }

    /** The best, and with them those that the form lists already, so that each shows its rank. */
    private static List<Candidate> candidates(TaskResult.Suggest suggest, ComposeForm form) {
        List<Candidate> candidates = new ArrayList<>();
        for (int rank = 0; rank < suggest.ranked().size(); rank++) {
            TaskResult.Promise promise = suggest.ranked().get(rank);
            if (rank >= LISTED && !form.lists(promise.address())) continue;
            boolean better = promise.loss() < suggest.base();
            candidates.add(new Candidate(
                    promise.address(),
                    "Alone: loss %s, place %d of %d; base model %s"
                            .formatted(
                                    figure(promise.loss()),
                                    rank + 1,
                                    suggest.ranked().size(),
                                    figure(suggest.base())),
                    rank < LISTED && better || rank < CHOSEN));
        }
        return candidates;
    }

    /** How many of how many, and which; nobody should take the best of some for the best of all. */
    static String sentence(TaskResult.Suggest suggest) {
        if (suggest.all() == 0) return "The hub has no public adapter of this base model.";
        if (suggest.looked() >= suggest.all()) {
            return "All %,d compatible adapters were tried on your examples, each alone at weight 1; the best are listed."
                    .formatted(suggest.all());
        }
        if (suggest.looked() + suggest.skipped().size() >= suggest.all()) {
            return "%,d of %,d adapters were tried on your examples, each alone at weight 1; the others could not be applied. The best are listed."
                    .formatted(suggest.looked(), suggest.all());
        }
        return "%,d of %,d compatible adapters were tried on your examples, each alone at weight 1: those that were liked"
                        .formatted(suggest.looked(), suggest.all())
                + " and downloaded most of late. The best are listed. Of the others, add yourself what may fit.";
    }

    private static String figure(double loss) {
        return String.format(Locale.ROOT, "%.3g", loss);
    }
}
