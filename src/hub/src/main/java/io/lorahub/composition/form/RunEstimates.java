package io.lorahub.composition.form;

import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunObjective;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.RunState;
import io.lorahub.composition.form.RunEstimate.Source;
import io.lorahub.composition.form.TimePrediction.Measured;
import io.lorahub.composition.form.TimePrediction.Work;
import io.lorahub.composition.model.ModelTokenizers;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.export.Refinement;
import io.lorahub.engine.optimize.EvaluationRequest;
import io.lorahub.engine.prompt.EncodedPair;
import io.lorahub.engine.prompt.ModelPrompts;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.prompt.PromptEncoder;
import io.lorahub.engine.tokenizer.Tokenizer;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Estimates how long runs take from the durations of other runs: seconds of an evaluation by tokens and candidates,
 * fitted to the latest runs of the base model on the kind of device that workers have now. If there are none, the pace
 * of other base models is used, and a speed for the model's size.
 */
@ApplicationScoped
public class RunEstimates {

    private static final int LATEST = 30;
    private static final int REMEMBERED = 500;

    /** Assumed ratio if nothing can be counted. */
    private static final double TOKENS_PER_CHARACTER = 0.3;

    private static final String RUNS = """
            select r.id, coalesce(split_part(w.device, ':', 1), '')
            from composition_run r left join worker w on w.name = r.worker
            where r.state = 'SUCCEEDED' and r.spent > 0 and r.seconds > 0 and r.fork_evaluations = 0
              and r.spec -> 'refine_steps' is null
              and (r.base_model_id = :base) = :same and (r.spec ->> 'objective' in (:decoding)) = :decodes
            order by r.ended_at desc limit\s""" + LATEST;

    private static final String DEVICES =
            "select distinct split_part(device, ':', 1) from worker where seen_at > now() - interval '1 minute'";

    private final EntityManager entities;
    private final ModelTokenizers tokenizers;

    /** Durations of ended runs, which do not change. */
    private final Map<UUID, Ended> ended = new LinkedHashMap<>(16, 0.75f, true);

    RunEstimates(EntityManager entities, ModelTokenizers tokenizers) {
        this.entities = entities;
        this.tokenizers = tokenizers;
    }

    /** @param rest seconds besides the search */
    private record Ended(
            long parameters, Work work, double each, Work afterwards, double rest, int spent, String how) {}

    private record WeightedRun(Ended run, double weight) {}

    /**
     * Estimates the duration of a run.
     *
     * @param base           empty if it is not known yet
     * @param spec           with the examples; the held-out ones are counted separately
     * @param heldOutLetters characters of all held-out examples
     * @param repeated       the run with these settings; its duration is used as the estimate
     */
    public RunEstimate of(
            Optional<BaseModelRecord> base,
            RunSpec spec,
            int heldOutLetters,
            int candidates,
            Optional<CompositionRun> repeated) {
        long waiting = CompositionRun.count("state = 'QUEUED'");
        if (base.isEmpty()) {
            return new RunEstimate(
                    spec.budget(), Optional.empty(), new Work(0, candidates), 0, new Source(0, false, false), waiting);
        }
        Work work = new Work(tokens(base.get(), spec), candidates);
        double perCharacter = perCharacter(work, spec.examples());
        Work afterwards = new Work(work.tokens() + perCharacter * heldOutLetters, candidates);
        Optional<CompositionRun> before = repeated.filter(run -> isMeasured(run, base.get(), spec));
        List<WeightedRun> own = before.map(
                        run -> List.of(new WeightedRun(ended(List.of(run.id)).get(run.id), 1)))
                .orElseGet(() -> latest(base.get(), spec, true));
        List<WeightedRun> others = own.isEmpty() ? latest(base.get(), spec, false) : List.of();
        TimePrediction expected =
                TimePrediction.ofEvaluation(base.get().parameters).times(pace(others));
        TimePrediction each = expected.fitted(own.stream()
                .map(f -> new Measured(f.run().work(), f.run().each(), f.weight()))
                .toList());
        TimePrediction rest = each.afterwards()
                .fitted(own.stream()
                        .filter(f -> f.run().rest() > 0)
                        .map(f -> new Measured(f.run().afterwards(), f.run().rest(), f.weight()))
                        .toList());
        return new RunEstimate(
                spec.budget(),
                Optional.of(each),
                work,
                rest.seconds(afterwards) + EvaluationRequest.GRADIENT_COST * refineSteps(spec) * each.seconds(work),
                new Source(own.stream().mapToLong(f -> f.run().spent()).sum(), before.isPresent(), !others.isEmpty()),
                waiting);
    }

    /** Steps of all trainings after the search, at most; 0 for a number that is refused. */
    private static int refineSteps(RunSpec spec) {
        int steps = spec.refineSteps();
        return steps < 1 || steps > LearningSettings.MOST_REFINE_STEPS
                ? 0
                : new Refinement(steps, Refinement.DEFAULT.rate())
                        .mostSteps(spec.examples().size());
    }

    private static boolean isMeasured(CompositionRun run, BaseModelRecord base, RunSpec spec) {
        return run.state == RunState.SUCCEEDED
                && run.spent > 0
                && run.seconds > 0
                && run.forkEvaluations == 0
                && run.baseModel.id.equals(base.id)
                && decodes(run.spec) == decodes(spec);
    }

    private static double pace(List<WeightedRun> others) {
        List<Double> paces = others.stream()
                .map(f -> f.run().each()
                        / TimePrediction.ofEvaluation(f.run().parameters())
                                .seconds(f.run().work()))
                .sorted()
                .toList();
        return paces.isEmpty() ? 1 : paces.get(paces.size() / 2);
    }

    /** The latest runs, newest first; those computed in another way count less. */
    private List<WeightedRun> latest(BaseModelRecord base, RunSpec spec, boolean same) {
        List<?> rows = entities.createNativeQuery(RUNS)
                .setParameter("base", base.id)
                .setParameter("same", same)
                .setParameter(
                        "decoding",
                        Arrays.stream(RunObjective.values())
                                .filter(objective -> objective.objective().readsPredictions())
                                .map(RunObjective::toString)
                                .toList())
                .setParameter("decodes", decodes(spec))
                .getResultList();
        Set<?> devices =
                Set.copyOf(entities.createNativeQuery(DEVICES, String.class).getResultList());
        boolean any = rows.stream().noneMatch(row -> devices.contains(((Object[]) row)[1]));
        Map<UUID, Ended> runs =
                ended(rows.stream().map(row -> (UUID) ((Object[]) row)[0]).toList());
        List<WeightedRun> weighted = new ArrayList<>();
        for (Object row : rows) {
            Object[] columns = (Object[]) row;
            // an old run's worker may no longer be on the list, so its device is unknown
            double known = columns[1].equals("") ? 0.5 : 1;
            if (!any && known == 1 && !devices.contains(columns[1])) continue;
            Ended run = runs.get((UUID) columns[0]);
            if (run == null) continue; // deleted or ended in the meantime
            double alike = run.how().equals(how(spec)) ? 1 : 0.3;
            weighted.add(new WeightedRun(run, known * alike * Math.pow(0.95, weighted.size())));
        }
        return weighted;
    }

    private static boolean decodes(RunSpec spec) {
        return spec.objective().objective().readsPredictions();
    }

    /**
     * Durations of these runs. Missing ones are read by one query, without the lock, so that no other page waits for
     * it.
     */
    private Map<UUID, Ended> ended(List<UUID> ids) {
        Map<UUID, Ended> known = new HashMap<>();
        synchronized (ended) {
            for (UUID id : ids) {
                Ended run = ended.get(id);
                if (run != null) known.put(id, run);
            }
        }
        List<UUID> unknown = ids.stream().filter(id -> !known.containsKey(id)).toList();
        if (unknown.isEmpty()) return known;
        Map<UUID, Ended> read = CompositionRun.<CompositionRun>list(
                        "from CompositionRun r join fetch r.baseModel left join fetch r.candidates where r.id in ?1",
                        unknown)
                .stream()
                // a run that this request loaded before it ended is still the earlier one
                .filter(run -> run.state == RunState.SUCCEEDED)
                .collect(Collectors.toMap(run -> run.id, this::read));
        synchronized (ended) {
            ended.putAll(read);
            while (ended.size() > REMEMBERED)
                ended.keySet().remove(ended.keySet().iterator().next());
        }
        known.putAll(read);
        return known;
    }

    private Ended read(CompositionRun run) {
        List<Example> examples = run.spec.examples();
        Work work = new Work(tokens(run.baseModel, run.spec), run.candidates.size());
        double heldOut = perCharacter(work, examples) * letters(run.spec.heldOut());
        double all = run.startedAt == null
                ? 0
                : java.time.Duration.between(run.startedAt, run.endedAt).toMillis() / 1000.0;
        return new Ended(
                run.baseModel.parameters,
                work,
                run.seconds / run.spent,
                new Work(work.tokens() + heldOut, work.candidates()),
                all - run.seconds,
                run.spent,
                how(run.spec));
    }

    private static String how(RunSpec spec) {
        return spec.dtype() + " " + spec.strategy();
    }

    /** Tokens of inputs and outputs together, with those that the prompt format adds. */
    private double tokens(BaseModelRecord base, RunSpec spec) {
        return tokenizers
                .with(base, prompts -> {
                    PromptEncoder encoder = encoder(prompts, spec);
                    return spec.examples().stream()
                            .mapToDouble(example -> tokens(example, encoder, prompts.tokenizer()))
                            .sum();
                })
                .orElseGet(() -> TOKENS_PER_CHARACTER * letters(spec.examples()));
    }

    private static PromptEncoder encoder(ModelPrompts prompts, RunSpec spec) {
        try {
            return prompts.encoder(spec.promptChoice());
        } catch (EngineException e) {
            return prompts.encoder(PromptChoice.DEFAULT); // a format that is still being written
        }
    }

    private static double tokens(Example example, PromptEncoder encoder, Tokenizer tokenizer) {
        try {
            EncodedPair pair = encoder.encode(example.input(), example.output(), "an example");
            return pair.prompt().length + pair.output().length;
        } catch (EngineException e) {
            return tokenizer.encode(example.input()).length + tokenizer.encode(example.output()).length;
        }
    }

    private static double perCharacter(Work work, List<Example> examples) {
        int letters = letters(examples);
        return letters == 0 ? TOKENS_PER_CHARACTER : work.tokens() / letters;
    }

    private static int letters(List<Example> examples) {
        return examples.stream()
                .collect(Collectors.summingInt(
                        e -> e.input().length() + e.output().length()));
    }
}
