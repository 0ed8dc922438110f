package io.lorahub.composition.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.learning.Example;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunFormTest {

    private final ObjectMapper json = new ObjectMapper();

    @Test
    void a_draft_is_read_as_it_was_kept() throws Exception {
        RunForm form = new RunForm();
        form.title = "un-past";
        form.examples = List.of(new Example("lock", "unlocked"));
        form.candidates = List.of(new ListedCandidate("lab-a/un@1.0.0", "Found", true));
        form.set("seed", "42b");

        RunForm read = json.readValue(json.writeValueAsString(form), RunForm.class);

        assertThat(read).usingRecursiveComparison().isEqualTo(form);
        assertThat(json.readTree(json.writeValueAsString(form)).has("max_new_tokens"))
                .isTrue();
    }

    @Test
    void a_draft_of_an_earlier_version_is_read() throws Exception {
        String draft = """
                {"title": "un-past", "description": "", "baseModel": "demo/base", "examples": [{"input": "lock", "output": "unlocked"}],
                 "heldOut": "a b", "candidates": [{"address": "lab-a/un", "why": "Found", "chosen": true}],
                 "settings": {"budget": "5000", "seed": "42b", "maxNewTokens": "8"}, "from": null, "known": "", "suggestion": null}""";

        RunForm read = json.readValue(draft, RunForm.class);

        assertThat(read.chosen()).containsExactly("lab-a/un");
        assertThat(read.filled()).containsExactly(new Example("lock", "unlocked"));
        assertThat(List.of(
                        read.typed().get("budget"),
                        read.typed().get("seed"),
                        read.typed().get("composition")))
                .containsExactly("5000", "42b", "exact");
        assertThat(List.of(read.baseModel, read.heldOut, read.typed().get("max_new_tokens")))
                .containsExactly("demo/base", "a b", "8");
        assertThat(read.before()).isEmpty();
        assertThat(read.question()).isEmpty();
    }
}
