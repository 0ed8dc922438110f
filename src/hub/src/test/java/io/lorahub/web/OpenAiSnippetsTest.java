package io.lorahub.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpenAiSnippetsTest {

    private final OpenAiSnippets snippets =
            new OpenAiSnippets(new SiteAddress(null, Optional.of(URI.create("https://hub.example"))));

    @Test
    void they_name_this_hub_the_model_and_its_example() {
        OpenAiSnippets.Code code = snippets.of("demo/un", "lock", true);

        assertThat(code.curl())
                .startsWith("curl https://hub.example/v1/completions")
                .endsWith("-d '{\"model\": \"demo/un\", \"prompt\": \"lock\", \"temperature\": 0}'")
                .doesNotContain("Bearer");
        assertThat(code.python()).contains("base_url=\"https://hub.example/v1\"", "model=\"demo/un\", prompt=\"lock\"");
        assertThat(code.java()).contains(".modelName(\"demo/un\")", "model.generate(\"lock\")");
        assertThat(snippets.of("demo/un", "lock", false).curl()).contains("Bearer $LORAHUB_TOKEN");
    }

    @Test
    void an_author_s_text_stays_a_text() {
        OpenAiSnippets.Code code = snippets.of("a/b", "it's \"$(rm)\"\n", true);

        assertThat(code.curl()).contains("it'\\''s \\\"$(rm)\\\"\\n");
        assertThat(code.python()).contains("prompt=\"it's \\\"$(rm)\\\"\\n\"");
        assertThat(snippets.of("a/b", "x".repeat(201), true).curl()).contains("\"Hello\"");
    }
}
