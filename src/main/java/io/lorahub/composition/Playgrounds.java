package io.lorahub.composition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Uuids;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The playground of a result: makes questions of what was typed, and finds their answers again. */
@ApplicationScoped
class Playgrounds {

    private final WorkerTasks trials;
    private final ObjectMapper json;

    Playgrounds(WorkerTasks trials, ObjectMapper json) {
        this.trials = trials;
        this.json = json;
    }

    /**
     * @param asked the id of a trial; one that is gone or somebody else's is as none
     * @param owner who is looking
     */
    Playground of(CompositionRun run, RunResult result, Optional<String> asked, Optional<RunOwner> owner) {
        Optional<WorkerTask> trial = asked.flatMap(Uuids::parse)
                .flatMap(id -> WorkerTask.<WorkerTask>findByIdOptional(id))
                .filter(t -> t.run != null && t.run.id.equals(run.id))
                .filter(t -> owner.map(t::isOf).orElse(false));
        TaskRequest.Mix question = trial.map(this::question).orElse(null);
        if (question == null) return Playground.of(run, result, Optional.empty(), Optional.empty(), null);
        return Playground.of(run, result, trial, trial.flatMap(trials::answer), question);
    }

    /** Null for a question of another kind. */
    private TaskRequest.Mix question(WorkerTask trial) {
        try {
            return json.treeToValue(trial.question, TaskRequest.class) instanceof TaskRequest.Mix mix ? mix : null;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The question of trial %s is not readable.".formatted(trial.id), e);
        }
    }

    /** @param form {@code input}, and {@code w0}, {@code w1}, … by the places of the candidates; what is missing is as learned */
    TaskRequest.Mix question(CompositionRun run, RunResult result, MultivaluedMap<String, String> form) {
        double[] learned = ResultView.weights(run, result);
        List<Double> weights = new ArrayList<>();
        for (int i = 0; i < learned.length; i++) {
            String typed = form.getFirst("w" + i);
            weights.add(typed == null || typed.isBlank() ? learned[i] : near(number(typed), learned[i]));
        }
        String input = form.getFirst("input");
        return Playground.question(
                run,
                result,
                weights,
                input == null ? "" : input.replace("\r\n", "\n").strip());
    }

    /** The form shows two decimals; who leaves them alone means the weight as it was learned. */
    private static double near(double typed, double learned) {
        return Math.abs(typed - learned) <= 0.005 ? learned : typed;
    }

    private static double number(String typed) {
        try {
            return Double.parseDouble(typed.strip().replace(',', '.').replace('−', '-'));
        } catch (NumberFormatException e) {
            throw ProblemException.invalid("weights", "“%s” isn't a number; write one such as 0.75.".formatted(typed));
        }
    }
}
