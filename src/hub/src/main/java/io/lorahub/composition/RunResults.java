package io.lorahub.composition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;

/** Reads the results of runs. */
@ApplicationScoped
public class RunResults {

    private final ObjectMapper json;

    RunResults(ObjectMapper json) {
        this.json = json;
    }

    /** @throws ProblemException not found, if the run has not succeeded */
    public RunResult of(CompositionRun run) {
        if (run.result == null) throw ProblemException.notFound("result of this run");
        try {
            return json.treeToValue(run.result, RunResult.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The result of run %s cannot be read.".formatted(run.id), e);
        }
    }
}
