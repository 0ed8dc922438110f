package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.local.options.PromptOptions;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.StandardInput;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.prompt.PromptEncoder;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "tokenize",
        description = {
            "Shows the tokens that a base model splits a text into. With --output it shows an example as a run scores it:"
                    + " the prompt, and the output's tokens.",
            ""
        },
        footer = {
            "",
            "lorahub tokenize --base lorahub/demo-base 'unlocked doors'",
            "lorahub tokenize --base DIR --prompt chat --input Norway --output Oslo"
        })
public final class TokenizeCommand implements Callable<Integer> {

    /** How SentencePiece shows a space. */
    private static final String SPACE = "▁";

    @Option(
            names = "--base",
            paramLabel = "DIR",
            required = true,
            description = "The base model: its folder, or its name in the Hugging Face cache.")
    private String base;

    @Mixin
    private PromptOptions prompt;

    @Option(names = "--input", paramLabel = "TEXT", description = "The input of an example.")
    private String example;

    @Option(names = "--output", paramLabel = "TEXT", description = "The output of the example.")
    private String answer;

    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "TEXT", arity = "0..*", description = "Texts; by default each line of standard input.")
    private List<String> texts = List.of();

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() throws IOException {
        if (example != null || answer != null) return pair();
        prompt.requireNone("--input");
        List<String> lines = texts.isEmpty() ? StandardInput.lines() : texts;
        ArrayNode results = new ObjectMapper().createArrayNode();
        try (Tokenizer tokenizer = Tokenizer.open(BaseModelResolver.find(base))) {
            for (String line : lines) {
                if (output.json()) {
                    results.add(json(tokenizer, line));
                } else {
                    print(tokenizer, line);
                }
            }
        }
        if (output.json()) {
            ObjectNode answer = new ObjectMapper().createObjectNode();
            answer.set("texts", results);
            output.print(answer);
        }
        return ExitCode.OK;
    }

    private int pair() {
        if (example == null || !texts.isEmpty()) {
            throw UsageErrors.wrong(
                    command, "Give the example with --input TEXT and --output TEXT, and no other text.");
        }
        PromptChoice choice = prompt.prompt();
        Path folder = BaseModelResolver.find(base);
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            PromptEncoder encoder = PromptEncoder.open(folder, tokenizer, choice.in(folder), OptionalInt.empty());
            int[] read = encoder.encode(example, "the example");
            Optional<int[]> scored = Optional.ofNullable(answer)
                    .map(text -> encoder.encode(example, text, "the example").output());
            if (output.json()) {
                ObjectNode node = new ObjectMapper().createObjectNode();
                node.set("prompt", new ObjectMapper().valueToTree(read));
                scored.ifPresent(ids -> node.set("output", new ObjectMapper().valueToTree(ids)));
                output.print(node);
            } else {
                print(tokenizer, "prompt", read);
                scored.ifPresent(ids -> print(tokenizer, "output", ids));
            }
        }
        return ExitCode.OK;
    }

    private void print(Tokenizer tokenizer, String title, int[] ids) {
        String tokens = ids.length == 1 ? "1 token" : "%,d tokens".formatted(ids.length);
        output.out().println("%s, %s".formatted(output.style().strong(title), tokens));
        for (int id : ids) output.out().println("  %7d  %s".formatted(id, visible(tokenizer.token(id))));
    }

    private void print(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        output.out().println(output.style().strong(text));
        output.out()
                .println("  tokens   "
                        + Arrays.stream(ids)
                                .mapToObj(id -> visible(tokenizer.token(id)))
                                .collect(Collectors.joining(" ")));
        output.out()
                .println("  ids      "
                        + Arrays.stream(ids).mapToObj(Integer::toString).collect(Collectors.joining(" ")));
        output.out().println("  decoded  " + tokenizer.decode(ids));
    }

    private static String visible(String token) {
        return token.isEmpty() ? SPACE : token.replace(" ", SPACE).replace("\n", "\\n");
    }

    private static ObjectNode json(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("text", text);
        ArrayNode numbers = node.putArray("ids");
        ArrayNode tokens = node.putArray("tokens");
        for (int id : ids) {
            numbers.add(id);
            tokens.add(tokenizer.token(id));
        }
        node.put("decoded", tokenizer.decode(ids));
        return node;
    }
}
