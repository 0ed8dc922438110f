package io.lorahub.cli.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.StandardInput;
import io.lorahub.cli.terminal.UsageErrors;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "chat",
        sortOptions = false,
        description = {
            "Chats with a model of a hub: an adapter, a base model, the result of a run (runs/ID), or a mix such as"
                    + " demo/un:1.08+demo/past:0.83. Without --message it asks for messages on a terminal, and elsewhere sends"
                    + " standard input as one message.",
            ""
        },
        footer = {"", "lorahub chat demo/un --message lock --temperature 0"})
public final class ChatCommand implements Callable<Integer> {

    private static final String PATH = "/v1/chat/completions";

    @Parameters(paramLabel = "MODEL", description = "The model, as it is named on the hub.")
    private String model;

    @Option(names = "--message", paramLabel = "TEXT", description = "A message to answer; the command then ends.")
    private String message;

    @Option(names = "--system", paramLabel = "TEXT", description = "A system text before the conversation.")
    private String system;

    @Option(
            names = "--one-by-one",
            description = "Answer each message by itself, as encoder-decoder models such as T5 need it.")
    private boolean oneByOne;

    @Option(names = "--temperature", paramLabel = "T", description = "0 to 2; by default 1, and 0 is not random.")
    private Double temperature;

    @Option(names = "--seed", paramLabel = "N", description = "The same seed gives the same answers.")
    private Long seed;

    @Option(names = "--max-tokens", paramLabel = "N", description = "The most tokens of an answer.")
    private Integer maxTokens;

    @Mixin
    private HubOptions hub;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        if (message == null && !output.json() && StandardInput.isInteractive()) {
            converse();
            return ExitCode.OK;
        }
        String text = message != null ? message : String.join("\n", StandardInput.lines());
        if (text.isBlank())
            throw UsageErrors.wrong(command, "There is no message; give it with --message TEXT, or pipe it in.");
        ArrayNode conversation = conversation();
        add(conversation, "user", text);
        if (output.json()) output.print(hub.client().post(PATH, request(conversation)));
        else answer(conversation);
        return ExitCode.OK;
    }

    private void converse() throws IOException {
        output.err().println("Type a message and press Enter; an empty line ends.");
        BufferedReader lines = StandardInput.reader();
        ArrayNode conversation = conversation();
        while (true) {
            output.err().print("> ");
            output.err().flush();
            String line = lines.readLine();
            if (line == null || line.isBlank()) return;
            if (oneByOne) conversation = conversation();
            add(conversation, "user", line);
            add(conversation, "assistant", answer(conversation));
        }
    }

    private ArrayNode conversation() {
        ArrayNode conversation = JsonNodeFactory.instance.arrayNode();
        if (system != null) add(conversation, "system", system);
        return conversation;
    }

    private static void add(ArrayNode conversation, String role, String content) {
        conversation.addObject().put("role", role).put("content", content);
    }

    private ObjectNode request(ArrayNode conversation) {
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("model", model);
        request.set("messages", conversation);
        if (temperature != null) request.put("temperature", temperature);
        if (seed != null) request.put("seed", seed);
        if (maxTokens != null) request.put("max_tokens", maxTokens);
        return request;
    }

    /** Prints the answer as it comes, and returns it. */
    private String answer(ArrayNode conversation) {
        StringBuilder answer = new StringBuilder();
        hub.client().stream(PATH, request(conversation).put("stream", true), chunk -> {
            String text = chunk.at("/choices/0/delta/content").asText("");
            answer.append(text);
            output.out().print(text);
            output.out().flush();
        });
        output.out().println();
        output.out().flush();
        return answer.toString();
    }
}
