package io.lorahub.composition.form;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.browse.search.AdapterRow;
import io.lorahub.browse.search.AdapterSearch;
import io.lorahub.browse.search.BrowseQuery;
import io.lorahub.browse.search.BrowseResult;
import io.lorahub.browse.search.Facet;
import io.lorahub.browse.search.Sort;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.request.PromptValidator;
import io.lorahub.composition.task.OwnerLimits;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.engine.learning.Example;
import io.lorahub.web.FieldError;
import io.lorahub.web.Format;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Finds adapters that could become candidates: by words, by tag, and by how promising they are for a task, that is, the
 * loss of each adapter on the examples, alone and together with the best ones, compared with that of the base model. A
 * worker computes the losses.
 */
@ApplicationScoped
public class CandidateFinder {

    /** An answer that arrives within this time is shown at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(6);

    /** Number of listed adapters. The best {@link #CHOSEN} are chosen even if none is better than the base model. */
    private static final int LISTED = 20;

    private static final int CHOSEN = 5;

    private static final int MOST_TAGS = 60;

    private final AdapterSearch search;
    private final AdapterRights rights;
    private final WorkerTasks tasks;
    private final PromptValidator prompts;
    private final OwnerLimits owners;

    CandidateFinder(
            AdapterSearch search,
            AdapterRights rights,
            WorkerTasks tasks,
            PromptValidator prompts,
            OwnerLimits owners) {
        this.search = search;
        this.rights = rights;
        this.tasks = tasks;
        this.prompts = prompts;
        this.owners = owners;
    }

    /** @param count a number, or a lower bound such as 120+ */
    public record Tag(String name, String count) {}

    /**
     * A listed candidate as shown on the page.
     *
     * @param adapter empty if there is none, or none that the viewer may see
     */
    public record Row(ListedCandidate candidate, Optional<Adapter> adapter, boolean fits) {}

    /** @param baseModel name of the base model; empty for any */
    public List<String> withText(String baseModel, String text, int most) {
        return addresses(of(baseModel).withText(text.strip()), most);
    }

    /** @param baseModel name of the base model; empty for any */
    public List<String> withTag(String baseModel, String tag, int most) {
        BrowseQuery tagged = of(baseModel).toggled(Facet.TAG, tag);
        return addresses(tagged.sortedBy(Sort.DOWNLOADS), most);
    }

    private List<String> addresses(BrowseQuery query, int most) {
        return search.find(query.withLimit(most), 0).rows().stream()
                .map(AdapterRow::address)
                .toList();
    }

    private static BrowseQuery of(String baseModel) {
        return baseModel.isEmpty() ? BrowseQuery.ALL : BrowseQuery.ALL.toggled(Facet.BASE, baseModel);
    }

    /** The most frequent tags among the adapters of a base model. */
    public List<Tag> tags(String baseModel) {
        BrowseResult result = search.find(of(baseModel).withLimit(1), MOST_TAGS);
        String more = result.bounded().contains(Facet.TAG) ? "+" : "";
        return result.counts().get(Facet.TAG).stream()
                .map(tag -> new Tag(tag.value(), Format.number(tag.count()) + more))
                .toList();
    }

    /** @param baseModel name of the base model to fit; empty for that of the first chosen candidate */
    public List<Row> rows(List<ListedCandidate> candidates, String baseModel) {
        Map<String, Adapter> adapters = Adapter.at(
                        candidates.stream().map(CandidateFinder::key).toList())
                .stream()
                .filter(rights::maySee)
                .collect(Collectors.toMap(Adapter::address, adapter -> adapter));
        List<Row> rows = candidates.stream()
                .map(c -> new Row(c, Optional.ofNullable(adapters.get(key(c))), true))
                .toList();
        String required = baseModel.isEmpty()
                ? rows.stream()
                        .filter(row -> row.candidate().chosen())
                        .flatMap(row -> row.adapter().stream())
                        .findFirst()
                        .map(adapter -> adapter.baseModel)
                        .orElse("")
                : baseModel;
        return rows.stream()
                .map(row -> new Row(
                        row.candidate(),
                        row.adapter(),
                        required.isEmpty()
                                || row.adapter()
                                        .map(a -> a.baseModel.equals(required))
                                        .orElse(true)))
                .toList();
    }

    private static String key(ListedCandidate candidate) {
        return candidate.adapter().toLowerCase(Locale.ROOT);
    }

    /**
     * Asks a worker to try the base model's adapters on the examples, and waits briefly for the answer.
     *
     * @return a sentence about the suggestion
     * @throws ProblemException if the form has no examples or base model, or there are too many requests
     */
    String suggest(RunOwner owner, RunForm form) {
        List<FieldError> faults = new ArrayList<>();
        List<Example> examples = form.filled();
        if (examples.isEmpty()
                || examples.stream()
                        .anyMatch(e -> e.input().isBlank() || e.output().isBlank())) {
            faults.add(new FieldError(
                    "examples", "Give examples with input and output first; adapters are tried on them."));
        }
        Optional<String> base = baseModel(form, rows(form.candidates, form.baseModel));
        if (base.isEmpty())
            faults.add(new FieldError("base_model", "Choose a base model; its adapters will be tried."));
        RunSpec task = RunSpec.of(examples, List.of()).withPrompt(form.promptFormat(), RunForm.unix(form.system), null);
        faults.addAll(prompts.faults(task, base.flatMap(BaseModelRecord::named)));
        owners.faults(owner, task, 0).stream()
                .filter(fault -> fault.field().equals("examples"))
                .forEach(faults::add);
        if (!faults.isEmpty()) throw ProblemException.invalid(faults);
        UUID question = tasks.suggest(
                owner,
                base.get(),
                task,
                form.candidates.stream().map(ListedCandidate::address).toList());
        tasks.await(question, PATIENCE);
        form.suggestion = question.toString();
        return take(owner, form);
    }

    /**
     * Puts the answer to the form's pending question into the form, if it has arrived.
     *
     * @return a sentence about the suggestion
     */
    String take(RunOwner owner, RunForm form) {
        if (form.question().isEmpty()) return "There is no suggestion to wait for.";
        Optional<TaskResult> answer =
                tasks.answer(tasks.of(owner, form.question().get()));
        if (answer.isEmpty()) return "The adapters are being tried on your examples.";
        form.suggestion = "";
        if (!(answer.get() instanceof TaskResult.Suggest suggest)) return ((TaskResult.Failed) answer.get()).why();
        rank(form, candidates(suggest, form, owners.size(owner).candidates()));
        return sentence(suggest);
    }

    /**
     * The chosen base model, else that of the candidates, else the only one.
     *
     * @param rows the form's candidates
     */
    Optional<String> baseModel(RunForm form, List<Row> rows) {
        if (!form.baseModel.isBlank()) return Optional.of(form.baseModel);
        Optional<String> shared = rows.stream()
                .filter(row -> row.candidate().chosen())
                .flatMap(row -> row.adapter().stream())
                .map(adapter -> adapter.baseModel)
                .findFirst();
        if (shared.isPresent()) return shared;
        List<BaseModelRecord> all = BaseModelRecord.listAll();
        return all.size() == 1 ? Optional.of(all.get(0).name) : Optional.empty();
    }

    /**
     * The best adapters, plus those that the form lists already, so that each shows its rank.
     *
     * @param most number of candidates that a run can have
     */
    private static List<ListedCandidate> candidates(TaskResult.Suggest suggest, RunForm form, int most) {
        Set<String> listed =
                form.candidates.stream().map(ListedCandidate::adapter).collect(Collectors.toSet());
        List<ListedCandidate> candidates = new ArrayList<>();
        for (int rank = 0; rank < suggest.ranked().size(); rank++) {
            TaskResult.CandidateScore score = suggest.ranked().get(rank);
            if (rank >= LISTED && !listed.contains(score.address())) continue;
            candidates.add(new ListedCandidate(
                    score.address(),
                    why(suggest, score),
                    rank < most && (rank < LISTED && score.helps() || rank < CHOSEN)));
        }
        return candidates;
    }

    /** Such as "With demo/un the loss falls from 4.1 to 1.2; alone 3.9, place 17 of 24". */
    private static String why(TaskResult.Suggest suggest, TaskResult.CandidateScore score) {
        long place = 1
                + suggest.ranked().stream()
                        .filter(other -> other.loss() < score.loss())
                        .count();
        String beside = score.beside().isEmpty() ? "Alone" : "With " + String.join(" and ", score.beside());
        String alone = score.beside().isEmpty() ? "" : "alone %s, ".formatted(figure(score.loss()));
        return "%s the loss %s from %s to %s; %splace %d of %d"
                .formatted(
                        beside,
                        score.helps() ? "falls" : "rises",
                        figure(score.before()),
                        figure(score.after()),
                        alone,
                        place,
                        suggest.ranked().size());
    }

    /**
     * Puts the ranked candidates first, in order of rank; other listed ones stay below, unchanged. A candidate that was
     * listed already keeps its version, and is chosen if it was before or if its rank is good enough.
     */
    private static void rank(RunForm form, List<ListedCandidate> best) {
        List<ListedCandidate> all = new ArrayList<>();
        List<ListedCandidate> others = new ArrayList<>(form.candidates);
        for (ListedCandidate candidate : best) {
            Optional<ListedCandidate> listed = others.stream()
                    .filter(c -> c.adapter().equals(candidate.adapter()))
                    .findFirst();
            listed.ifPresent(others::remove);
            all.add(listed.map(c -> new ListedCandidate(c.address(), candidate.why(), c.chosen() || candidate.chosen()))
                    .orElse(candidate));
        }
        all.addAll(others);
        form.candidates = all;
    }

    /**
     * How many adapters were tried, out of how many and which; the best of a sample must not be mistaken for the best
     * of all.
     */
    static String sentence(TaskResult.Suggest suggest) {
        if (suggest.all() == 0) return "The hub has no public adapter for this base model.";
        if (suggest.looked() >= suggest.all()) {
            return "All %,d compatible adapters were tried on your examples, each alone and together with the best ones; the most promising are listed."
                    .formatted(suggest.all());
        }
        if (suggest.looked() + suggest.skipped().size() >= suggest.all()) {
            return "%,d of %,d adapters were tried on your examples, each alone and together with the best ones; the others could not be applied. The most promising are listed."
                    .formatted(suggest.looked(), suggest.all());
        }
        return ("%,d of %,d compatible adapters were tried on your examples, each alone and together with the best ones: the most"
                        + " liked and downloaded ones. The most promising are listed. Add others yourself if they may fit.")
                .formatted(suggest.looked(), suggest.all());
    }

    private static String figure(double loss) {
        return String.format(Locale.ROOT, "%.3g", loss);
    }
}
