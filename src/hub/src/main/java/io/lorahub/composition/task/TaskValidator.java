package io.lorahub.composition.task;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunFormat;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunResults;
import io.lorahub.composition.RunState;
import io.lorahub.engine.learning.Example;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Rejects questions that no worker could answer. */
@ApplicationScoped
public class TaskValidator {

    private final TaskConfig limits;
    private final CompositionConfig runs;
    private final RunResults results;

    TaskValidator(TaskConfig limits, CompositionConfig runs, RunResults results) {
        this.results = results;
        this.limits = limits;
        this.runs = runs;
    }

    void check(RunOwner asker, TaskRequest question) {
        if (question instanceof TaskRequest.Mix mix) mix(asker, mix);
        if (question instanceof TaskRequest.Suggest suggest) suggest(suggest);
        if (question instanceof TaskRequest.Export export) export(asker, export);
        if (question instanceof TaskRequest.Convert convert && convert.run() != null) made(asker, convert.run());
    }

    /** The run that a question is about. */
    static Optional<UUID> run(TaskRequest question) {
        if (question instanceof TaskRequest.Mix mix) return Optional.of(mix.run());
        if (question instanceof TaskRequest.Export export) return Optional.of(export.run());
        if (question instanceof TaskRequest.Convert convert) return Optional.ofNullable(convert.run());
        return Optional.empty();
    }

    private void mix(RunOwner asker, TaskRequest.Mix question) {
        CompositionRun run = whole(asker, question.run());
        if (!run.mayMix(asker.person())
                && !question.mixes().stream().allMatch(mix -> isZero(mix) || isResult(run, mix))) {
            throw ProblemException.forbidden(
                    "Not all adapters of this run are public, so only its result can be tried, with no other weights.");
        }
        for (List<Double> weights : question.mixes()) {
            int groups = run.spec.groups().size();
            if (weights.size() != run.candidates.size() * groups) {
                String each = groups == 1
                        ? ""
                        : " with a weight in each of the layer groups %s"
                                .formatted(String.join(", ", run.spec.groups().names()));
                throw ProblemException.invalid(
                        "weights",
                        "These are %d weights, but the run has %d candidates%s."
                                .formatted(weights.size(), run.candidates.size(), each));
            }
            for (double weight : weights) {
                if (!(weight >= run.spec.lower() && weight <= run.spec.upper())) {
                    throw ProblemException.invalid(
                            "weights",
                            "A weight must be from %s to %s, as in the search."
                                    .formatted(RunFormat.signed(run.spec.lower()), RunFormat.signed(run.spec.upper())));
                }
            }
        }
        if (question.inputs().size() > limits.inputs()) {
            throw ProblemException.invalid("input", "Give at most %d inputs at a time.".formatted(limits.inputs()));
        }
        for (String input : question.inputs()) {
            if (input.isBlank()) throw ProblemException.invalid("input", "Write an input for the model to read.");
            if (input.length() > runs.characters()) {
                throw ProblemException.invalid(
                        "input", "An input can have at most %,d characters.".formatted(runs.characters()));
            }
        }
    }

    private static boolean isZero(List<Double> mix) {
        return mix.stream().allMatch(weight -> weight == 0);
    }

    private boolean isResult(CompositionRun run, List<Double> mix) {
        return Arrays.stream(results.of(run).vector(run)).boxed().toList().equals(mix);
    }

    private void suggest(TaskRequest.Suggest question) {
        if (BaseModelRecord.named(question.baseModel()).isEmpty()) {
            throw ProblemException.invalid(
                    "base_model", "The base model %s is not registered on this hub.".formatted(question.baseModel()));
        }
        if (question.examples().isEmpty() || question.examples().size() > runs.examples()) {
            throw ProblemException.invalid("examples", "Give 1 to %d examples.".formatted(runs.examples()));
        }
        for (Example example : question.examples()) {
            if (example.input().isBlank()
                    || example.output().isBlank()
                    || Math.max(example.input().length(), example.output().length()) > runs.characters()) {
                throw ProblemException.invalid(
                        "examples",
                        "Each example needs an input and an output of at most %,d characters."
                                .formatted(runs.characters()));
            }
        }
        if (question.versions().isEmpty()) {
            throw ProblemException.invalid(
                    "candidates", "The hub has no public adapter for %s yet.".formatted(question.baseModel()));
        }
        if (question.versions().size() > limits.suggestions()) {
            throw ProblemException.invalid(
                    "candidates", "At most %d adapters are tried at a time.".formatted(limits.suggestions()));
        }
    }

    private static void export(RunOwner asker, TaskRequest.Export question) {
        CompositionRun run = made(asker, question.run());
        int lossless = run.result.path("export").path("rank").asInt();
        if (question.rank() < 0 || question.rank() > lossless) {
            throw ProblemException.invalid(
                    "rank", "The rank must be from 1 to %d, which is lossless.".formatted(lossless));
        }
    }

    /** The run, provided that it made an adapter. */
    private static CompositionRun made(RunOwner asker, UUID id) {
        CompositionRun run = whole(asker, id);
        if (run.state != RunState.SUCCEEDED || run.files.isEmpty()) {
            throw ProblemException.conflict("“%s” has no adapter to download.".formatted(run.title));
        }
        return run;
    }

    /** The run, provided that it still has all of its candidates and the asker may use them. */
    private static CompositionRun whole(RunOwner asker, UUID id) {
        CompositionRun run =
                CompositionRun.<CompositionRun>findByIdOptional(id).orElseThrow(() -> ProblemException.notFound("run"));
        run.refusal(asker.person()).ifPresent(why -> {
            throw ProblemException.conflict(why);
        });
        return run;
    }
}
