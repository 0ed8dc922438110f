package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.local.options.CandidateOptions;
import io.lorahub.cli.local.options.DemoOptions;
import io.lorahub.cli.local.options.GenerationOptions;
import io.lorahub.cli.local.options.ModelOptions;
import io.lorahub.cli.local.options.WeightOptions;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.SlowWork;
import io.lorahub.cli.terminal.StandardInput;
import io.lorahub.cli.terminal.UsageErrors;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "generate",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Prints what a fixed mix of adapters generates. If --adapters PATH is a single adapter, you can omit"
                    + " --adapter; its weight is then 1. Without either, the base model answers alone. Without --input it"
                    + " reads lines from standard input, or asks for them on a terminal.",
            ""
        },
        footer = {"", "lorahub generate --demo un-past --adapter un=1 --adapter past=1 --input lock"})
public final class GenerateCommand implements Callable<Integer> {

    @Option(names = "--input", paramLabel = "TEXT", description = "Input text. Can be repeated.")
    private List<String> inputs = List.of();

    @Mixin
    private DemoOptions demo;

    @Mixin
    private CandidateOptions candidates;

    @Mixin
    private WeightOptions weights;

    @Mixin
    private ModelOptions model;

    @Mixin
    private GenerationOptions generation;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        int maxNewTokens = generation.maxNewTokens();
        demo.task();
        try (Mixture mixture = Mixture.orBaseAlone(model, demo, candidates, weights, command)) {
            ComposeWarnings cautions = new ComposeWarnings(output.err());
            cautions.aboutAdapters(mixture.session());
            cautions.aboutBaseAlone(mixture.session());
            if (inputs.isEmpty() && !output.json() && StandardInput.isInteractive()) {
                converse(mixture, maxNewTokens);
            } else {
                answer(mixture, inputs.isEmpty() ? StandardInput.lines() : inputs, maxNewTokens);
            }
        }
        return ExitCode.OK;
    }

    private void answer(Mixture mixture, List<String> texts, int maxNewTokens) {
        if (texts.isEmpty())
            throw UsageErrors.wrong(command, "There is no input; give it with --input TEXT, or pipe lines in.");
        List<String> answers;
        try (SlowWork work = new SlowWork(output.err())) {
            mixture.session().listen((done, of) -> work.at("%,d of %,d inputs".formatted(done, of)));
            answers = mixture.session().generation().predict(texts, mixture.weights(), maxNewTokens);
        }
        if (!output.json()) {
            answers.forEach(output.out()::println);
            output.out().flush();
            return;
        }
        ObjectNode node = new ObjectMapper().createObjectNode();
        ArrayNode outputs = node.putArray("outputs");
        for (int i = 0; i < texts.size(); i++) {
            outputs.addObject().put("input", texts.get(i)).put("output", answers.get(i));
        }
        output.print(node);
    }

    private void converse(Mixture mixture, int maxNewTokens) throws IOException {
        output.err().println("Type an input and press Enter; an empty line ends.");
        BufferedReader lines = StandardInput.reader();
        while (true) {
            output.err().print("> ");
            output.err().flush();
            String line = lines.readLine();
            if (line == null || line.isBlank()) return;
            answer(mixture, List.of(line), maxNewTokens);
        }
    }
}
