package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.hub.HubOptions;
import io.lorahub.cli.local.options.CandidateOptions;
import io.lorahub.cli.local.options.DemoOptions;
import io.lorahub.cli.local.options.GenerationOptions;
import io.lorahub.cli.local.options.ModelOptions;
import io.lorahub.cli.local.options.WeightOptions;
import io.lorahub.cli.terminal.DecimalNumber;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.SlowWork;
import io.lorahub.cli.terminal.StandardInput;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.generation.Sampling;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.prompt.PromptChoice;
import java.io.BufferedReader;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.OptionalLong;
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
                    + " --adapter; its weight is then 1. Without either, the base model answers alone. With --model, a model"
                    + " of a hub answers. Without --input it reads lines from standard input, or asks for them on a terminal.",
            ""
        },
        footer = {
            "",
            "lorahub generate --demo un-past --adapter un=1 --adapter past=1 --input lock",
            "lorahub generate --model demo/un:1.08+demo/past:0.83 --input lock --stream"
        })
public final class GenerateCommand implements Callable<Integer> {

    /** Options that say which files to use, and how. */
    private static final List<String> OF_FILES =
            List.of("--demo", "--adapters", "--adapter", "--base", "--composition", "--dtype", "--device", "--threads");

    @Option(names = "--input", paramLabel = "TEXT", description = "Input text. Can be repeated.")
    private List<String> inputs = List.of();

    @Mixin
    private DemoOptions demo;

    @Mixin
    private CandidateOptions candidates;

    @Mixin
    private WeightOptions weights;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description =
                    "A model of a hub instead of files: an adapter, a base model, the result of a run (runs/ID), or a"
                            + " mix such as demo/un:1.08+demo/past:0.83.")
    private String hubModel;

    @Mixin
    private HubOptions hub;

    @Mixin
    private ModelOptions model;

    @Mixin
    private GenerationOptions generation;

    @Option(names = "--stream", description = "Print each text while it is being written.")
    private boolean stream;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            defaultValue = "0",
            converter = DecimalNumber.class,
            description = "0 to 2; 0, the default, is not random.")
    private double temperature;

    @Option(names = "--seed", paramLabel = "N", description = "The same seed gives the same answers.")
    private Long seed;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws IOException {
        int maxNewTokens = generation.maxNewTokens();
        if (!(temperature >= 0 && temperature <= 2))
            throw UsageErrors.wrong(command, "--temperature must be from 0 to 2, but is %s.".formatted(temperature));
        if (stream && output.json())
            throw UsageErrors.wrong(
                    command, "--stream prints text as it comes, and --json one object; give one of them.");
        if (hubModel != null) {
            requireNone(OF_FILES, "--model takes a model of a hub; leave out %s.");
            PromptChoice prompt = model.prompt();
            if (prompt.format().stream().anyMatch(format -> format.contains("{")))
                throw UsageErrors.wrong(command, "With --model, --prompt is chat or plain.");
            OptionalLong chosen = seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
            answer(new HubAnswers(hub.client(), hubModel, prompt, maxNewTokens, temperature, chosen));
            return ExitCode.OK;
        }
        requireNone(List.of("--server", "--token"), "%s needs --model, the name of a model of the hub.");
        demo.task();
        boolean samples = stream || temperature > 0;
        if (samples && model.composition() == ComposedWeights.FACTOR)
            throw UsageErrors.wrong(command, "--stream and --temperature need --composition exact.");
        try (Mixture mixture = Mixture.orBaseAlone(model, demo, candidates, weights, command)) {
            ComposeWarnings cautions = new ComposeWarnings(output.err());
            cautions.aboutAdapters(mixture.session());
            cautions.aboutBaseAlone(mixture.session());
            Sampling sampling = new Sampling(temperature, 1, 0, seed == null ? new SecureRandom().nextLong() : seed);
            answer(
                    samples
                            ? new StreamedAnswers(mixture, maxNewTokens, sampling)
                            : (texts, printed) -> predicted(mixture, texts, maxNewTokens));
        }
        return ExitCode.OK;
    }

    private void requireNone(List<String> options, String message) {
        options.stream()
                .filter(command.commandLine().getParseResult()::hasMatchedOption)
                .findFirst()
                .ifPresent(option -> {
                    throw UsageErrors.wrong(command, message.formatted(option));
                });
    }

    private List<String> predicted(Mixture mixture, List<String> texts, int maxNewTokens) {
        try (SlowWork work = new SlowWork(output.err())) {
            mixture.session().listen((done, of) -> work.at("%,d of %,d inputs".formatted(done, of)));
            return mixture.session().generation().predict(texts, mixture.weights(), maxNewTokens);
        }
    }

    private void answer(Answers answers) throws IOException {
        if (inputs.isEmpty() && !output.json() && StandardInput.isInteractive()) converse(answers);
        else answer(answers, inputs.isEmpty() ? StandardInput.lines() : inputs);
    }

    private void answer(Answers answers, List<String> texts) {
        if (texts.isEmpty())
            throw UsageErrors.wrong(command, "There is no input; give it with --input TEXT, or pipe lines in.");
        List<String> written = answers.of(texts, piece -> {
            if (!stream) return;
            output.out().print(piece);
            output.out().flush();
        });
        if (!output.json()) {
            if (!stream) written.forEach(output.out()::println);
            output.out().flush();
            return;
        }
        ObjectNode node = new ObjectMapper().createObjectNode();
        ArrayNode outputs = node.putArray("outputs");
        for (int i = 0; i < texts.size(); i++) {
            outputs.addObject().put("input", texts.get(i)).put("output", written.get(i));
        }
        output.print(node);
    }

    private void converse(Answers answers) throws IOException {
        output.err().println("Type an input and press Enter; an empty line ends.");
        BufferedReader lines = StandardInput.reader();
        while (true) {
            output.err().print("> ");
            output.err().flush();
            String line = lines.readLine();
            if (line == null || line.isBlank()) return;
            answer(answers, List.of(line));
        }
    }
}
