package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.terminal.AnsiStyle;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.StandardInput;
import io.lorahub.engine.model.Tokenizer;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "tokenize",
        description = {"Shows the tokens that a base model splits a text into.", ""},
        footer = {"", "lorahub tokenize --base lorahub/demo-base 'unlocked doors'"})
public final class TokenizeCommand implements Callable<Integer> {

    /** How SentencePiece shows a space. */
    private static final String SPACE = "▁";

    @Option(
            names = "--base",
            paramLabel = "DIR",
            required = true,
            description = "The base model: its folder, or its name in the Hugging Face cache.")
    private String base;

    @Parameters(paramLabel = "TEXT", arity = "0..*", description = "Texts; by default each line of standard input.")
    private List<String> texts = List.of();

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() throws IOException {
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

    private void print(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text);
        AnsiStyle style = output.style();
        output.out().println(style.strong(text));
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
        return token.isEmpty() ? SPACE : token.replace(" ", SPACE);
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
