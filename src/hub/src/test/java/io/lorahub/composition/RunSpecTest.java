package io.lorahub.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.composition.request.CreateRunRequest;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.Objectives;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.engine.optimize.Ending;
import io.lorahub.web.FieldError;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunSpecTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** As stored by versions in which these settings were strings. */
    private static final String STORED = """
            {"examples": [{"input": "a", "output": "b"}], "held_out": [], "budget": 40, "seed": 42, "strategy": "",
             "composition": "factor", "objective": "exact-match", "lower": -1.5, "upper": 1.5, "l1": 0.05,
             "dtype": "bfloat16", "max_new_tokens": 32}""";

    private static RunRequest request(String json) throws JsonProcessingException {
        return JSON.readValue(json, CreateRunRequest.class).request();
    }

    @Test
    void stored_names_stay() throws JsonProcessingException {
        JsonNode stored = JSON.readTree(STORED);

        RunSpec spec = JSON.treeToValue(stored, RunSpec.class);

        assertThat(spec.composition()).isEqualTo(ComposedWeights.FACTOR);
        assertThat(spec.objective()).isEqualTo(RunObjective.EXACT_MATCH);
        assertThat(spec.dtype()).isEqualTo(Precision.BFLOAT16);
        ((ObjectNode) stored).put("strategy", "greedy");
        assertThat(JSON.readTree(JSON.writeValueAsString(spec))).isEqualTo(stored);
        assertThat(spec.settings().objective()).isEqualTo("exact-match");
    }

    @Test
    void a_run_that_names_no_strategy_has_the_name_of_the_one_that_was_chosen() throws JsonProcessingException {
        for (String none : List.of("{}", "{\"strategy\": \"\"}", "{\"strategy\": null}")) {
            assertThat(request(none).spec().strategy()).isEqualTo("margins");
        }
        assertThat(request("{\"objective\": \"exact-match\"}").spec().strategy())
                .isEqualTo("greedy");
        assertThat(request("{\"strategy\": \"random\"}").spec().strategy()).isEqualTo("random");
    }

    @Test
    void every_named_objective_of_the_engine_can_be_chosen() {
        assertThat(EnumNames.all(RunObjective.class)).isEqualTo(Objectives.NAMES);
    }

    @Test
    void a_request_with_unknown_names_is_rejected_with_the_known_ones() throws JsonProcessingException {
        RunRequest request = request("{\"composition\": \"sum\", \"objective\": \"my.Own\", \"dtype\": \"int8\"}");

        assertThat(request.faults())
                .extracting(FieldError::field, FieldError::message)
                .containsExactly(
                        tuple("composition", "Use one of exact, factor (got “sum”)."),
                        tuple("objective", "Use one of loss, reference, exact-match, similarity (got “my.Own”)."),
                        tuple("dtype", "Use one of float32, bfloat16 (got “int8”)."));
    }

    @Test
    void a_request_without_these_settings_has_the_defaults() throws JsonProcessingException {
        RunRequest request = request("{\"examples\": [{\"input\": \"a\", \"output\": \"b\"}]}");

        assertThat(request.faults()).isEmpty();
        RunSpec usual = RunSpec.of(List.of(new Example("a", "b")), List.of());
        assertThat(request.spec()).isEqualTo(usual.withGroups(LayerGroups.AUTO));
    }

    @Test
    void pruning_is_written_in_lower_case_and_read_as_older_runs_have_it() throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        String written = json.writeValueAsString(RunSpec.of(List.of(new Example("a", "b")), List.of()));

        assertThat(written).contains("\"pruning\":\"lasso\"");
        RunSpec older = json.readValue(written.replace("lasso", "LASSO"), RunSpec.class);
        assertThat(older).isEqualTo(json.readValue(written, RunSpec.class));
        assertThat(older.pruning()).isEqualTo(Ending.Pruning.LASSO);
    }
}
