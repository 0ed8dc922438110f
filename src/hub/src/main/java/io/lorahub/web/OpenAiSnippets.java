package io.lorahub.web;

import com.fasterxml.jackson.databind.node.TextNode;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Named;

/** Code for visitors to copy that has a model of this hub write a text, with programs for OpenAI's API. */
@Named("openAiSnippets")
@RequestScoped
public class OpenAiSnippets {

    private static final int LONGEST_PROMPT = 200;

    private final SiteAddress site;

    OpenAiSnippets(SiteAddress site) {
        this.site = site;
    }

    /** The same request in a shell, with the Python package openai, and with LangChain4j in Java. */
    public record Code(String curl, String python, String java) {}

    /**
     * @param prompt by an author; another one is shown if it is long or empty
     * @param open   whether no token is needed
     */
    public Code of(String model, String prompt, boolean open) {
        boolean brief = prompt != null && !prompt.isBlank() && prompt.length() <= LONGEST_PROMPT;
        String quotedModel = quoted(model);
        String quotedPrompt = quoted(brief ? prompt : "Hello");
        String body = "{\"model\": %s, \"prompt\": %s, \"temperature\": 0}".formatted(quotedModel, quotedPrompt);
        return new Code(
                "curl %s/v1/completions \\\n  %s-H \"Content-Type: application/json\" \\\n  -d '%s'"
                        .formatted(
                                site.origin(),
                                open ? "" : "-H \"Authorization: Bearer $LORAHUB_TOKEN\" ",
                                body.replace("'", "'\\''")),
                """
                import os
                from openai import OpenAI

                client = OpenAI(base_url="%s/v1", api_key=os.environ.get("LORAHUB_TOKEN", "none"))
                answer = client.completions.create(model=%s, prompt=%s, temperature=0)
                print(answer.choices[0].text)""".formatted(site.origin(), quotedModel, quotedPrompt),
                """
                var model = OpenAiLanguageModel.builder()
                    .baseUrl("%s/v1")
                    .apiKey(System.getenv().getOrDefault("LORAHUB_TOKEN", "none"))
                    .modelName(%s)
                    .temperature(0.0)
                    .build();
                System.out.println(model.generate(%s).content());""".formatted(site.origin(), quotedModel, quotedPrompt));
    }

    /** A string of JSON, which Python and Java read as well. */
    private static String quoted(String text) {
        return TextNode.valueOf(text).toString();
    }
}
