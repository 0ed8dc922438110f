package io.lorahub.composition.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The prompt format on the page that composes. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ComposePromptTest extends ComposeFormSending {

    private static final String HIDDEN = "data-prompt hidden";

    private List<String> causal;

    ComposePromptTest(Hub hub, DemoOnHub demo, ComposeDrafts drafts) {
        super(hub, demo, drafts);
    }

    @BeforeEach
    void publishCausal() {
        causal = demo.publishCausal(
                hub.person(Role.MEMBER), "prompts/llama-chat", Reference.path("causal/models/llama"));
    }

    private RequestSpecification causal(String action) {
        RequestSpecification form = form(action)
                .multiPart("title", "capitals")
                .multiPart("input", "lock")
                .multiPart("output", "unlocked")
                .multiPart("budget", "4")
                .multiPart("max_new_tokens", "4");
        causal.forEach(address ->
                form.multiPart("listed", address).multiPart("why", "").multiPart("candidate", address));
        return form;
    }

    @Test
    void the_format_is_asked_for_decoder_only_models_only() {
        page().body(containsString(HIDDEN));
        filled("save").post("/compose").then().statusCode(303);
        page().body(containsString(HIDDEN)).body(containsString("the result&#39;s playground reads up to 2,048."));

        causal("save").post("/compose").then().statusCode(303);
        page().body(not(containsString(HIDDEN)))
                .body(containsString("&lt;|im_start|&gt;"))
                .body(containsString("<mark>unlocked&lt;|im_end|&gt;"))
                .body(containsString("A prompt with its output can have at most 256 tokens."))
                .body(containsString("Chat is this model's default."));
    }

    @Test
    void the_first_example_is_shown_as_the_model_reads_it() {
        causal("")
                .multiPart("prompt", "own")
                .multiPart("prompt_text", "Q: {input}\r\nA: {output}")
                .post("/compose/preview")
                .then()
                .statusCode(200)
                .body(containsString("Q: lock\nA:<mark> unlocked"))
                .body(not(containsString("<html")));
        causal("")
                .multiPart("system", "Be <b>brief</b>.")
                .post("/compose/preview")
                .then()
                .body(allOf(containsString("&lt;b&gt;brief"), containsString("The first example, ")));
        causal("")
                .multiPart("prompt", "own")
                .multiPart("prompt_text", "Q: {input}")
                .post("/compose/preview")
                .then()
                .statusCode(200)
                .body(containsString("has no {output}"));
        filled("").post("/compose/preview").then().statusCode(200).body(not(containsString("mark")));
    }

    @Test
    void a_wrong_format_is_said_at_the_field_and_nothing_typed_is_lost() {
        causal("start")
                .multiPart("prompt", "own")
                .multiPart("prompt_text", "Only {output} & no more")
                .multiPart("system", "Be brief.")
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("id=\"f-prompt-error\""))
                .body(containsString("has no {input}"))
                .body(containsString("Only {output} &amp; no more"))
                .body(containsString("value=\"own\" checked"))
                .body(containsString("Be brief."));
        assertThat(draft().promptText).isEqualTo("Only {output} & no more");
        assertThat(draft().prompt).isEqualTo(RunForm.OWN_PROMPT);
        page().body(containsString("Only {output} &amp; no more"));

        filled("start")
                .multiPart("system", "Be brief.")
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("id=\"f-system-error\""))
                .body(containsString("reads inputs as they are"))
                .body(not(containsString(HIDDEN)));
    }

    @Test
    void a_chat_without_a_template_is_refused_by_the_models_name(@TempDir Path folder) throws IOException {
        FileUtils.copyDirectory(Reference.path("causal/models/llama").toFile(), folder.toFile());
        Files.delete(folder.resolve("chat_template.jinja"));
        causal = demo.publishCausal(hub.person(Role.MEMBER), "prompts/no-template", folder);
        causal("start")
                .multiPart("prompt", "chat")
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("prompts/no-template has no chat template."))
                .body(not(containsString("The model in ")));
    }

    @Test
    void an_own_text_that_is_not_written_does_not_become_the_default() {
        causal("start")
                .multiPart("prompt", "own")
                .multiPart("prompt_text", " ")
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("id=\"f-prompt-error\""))
                .body(containsString("has no {input}"));
    }

    @Test
    void a_suggestion_is_refused_with_a_format_that_the_model_cannot_read() {
        causal("suggest")
                .multiPart("prompt", "plain")
                .multiPart("system", "Be brief.")
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("id=\"f-system-error\""));
    }

    @Test
    void a_run_keeps_the_format_and_repeating_it_starts_with_it() {
        String location = causal("start")
                .multiPart("prompt", "chat")
                .multiPart("system", "One word.\r\nNo more.")
                .post("/compose")
                .then()
                .statusCode(303)
                .extract()
                .header("Location");
        String id = location.substring(location.lastIndexOf('/') + 1);
        CompositionRun run = run(UUID.fromString(id));
        assertThat(run.spec.prompt()).isEqualTo("chat");
        assertThat(run.spec.system()).isEqualTo("One word.\nNo more.");

        AsBrowser.given(session)
                .get("/runs/" + id)
                .then()
                .statusCode(200)
                .body(containsString("prompt format chat with a system text"));
        AsBrowser.given(session)
                .get("/compose?from=" + id)
                .then()
                .statusCode(200)
                .body(containsString("value=\"chat\" checked"))
                .body(containsString("One word.\nNo more."));
    }
}
