package io.lorahub.bench.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.ModelShape;
import io.lorahub.bench.engine.RandomModel;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Seconds;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.generation.TextGenerator;
import io.lorahub.engine.learning.LoadedModel;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.model.decoding.DecoderLimits;
import io.lorahub.engine.names.EnumNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures text generation for several clients, beside transformers and PEFT. */
@Command(
        name = "serve",
        description = {
            "Measures text generation for several clients at once, with one adapter and with several, on random weights of"
                    + " public shapes with adapters of rank 16 on all linear modules. Beside it transformers and PEFT"
                    + " generate the same texts, all clients as one batch. They need Python 3; the first run installs about"
                    + " 5 GB from PyPI.",
            ""
        })
public final class ServeBenchCommand implements Callable<Integer> {

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--shapes",
            split = ",",
            paramLabel = "SHAPE",
            defaultValue = "smollm2-135m",
            description = "Any of llama-tiny, smollm2-135m, llama-3.2-1b, qwen2.5-1.5b. Default: ${DEFAULT-VALUE}.")
    private List<String> shapes;

    @Option(
            names = "--clients",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,8,32",
            description = "Numbers of clients. Default: ${DEFAULT-VALUE}.")
    private List<Integer> clients;

    @Option(
            names = "--adapters",
            split = ",",
            paramLabel = "N",
            defaultValue = "1,8",
            description = "Numbers of adapters, at most 20. Default: ${DEFAULT-VALUE}.")
    private List<Integer> adapters;

    @Option(
            names = "--prompt",
            paramLabel = "N",
            defaultValue = "64",
            description = "Tokens of a prompt. Default: ${DEFAULT-VALUE}.")
    private int prompt;

    @Option(
            names = "--tokens",
            paramLabel = "N",
            defaultValue = "64",
            description = "Tokens of a text. Default: ${DEFAULT-VALUE}.")
    private int tokens;

    @Option(
            names = "--requests",
            paramLabel = "N",
            defaultValue = "2",
            description = "Requests of each client, one after the other. Default: ${DEFAULT-VALUE}.")
    private int requests;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            defaultValue = "float32",
            description = "Number type to compute in. Default: ${DEFAULT-VALUE}.")
    private Precision precision;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of both programs. Default: what each chooses itself.")
    private int threads;

    @Option(
            names = "--venv",
            paramLabel = "DIR",
            description = "A Python environment with transformers and PEFT. Default: one of its own in the cache"
                    + " folder.")
    private Path venv;

    @Option(names = "--alone", description = "Measure without transformers and PEFT.")
    private boolean alone;

    @Option(
            names = "--beside-run",
            description = "Meanwhile a run evaluates mixes of the adapters with the same model; also show how long an"
                    + " evaluation takes, alone and then.")
    private boolean besideRun;

    @Option(names = "--require", description = "Fail if transformers and PEFT cannot be run.")
    private boolean require;

    @Override
    public Integer call() {
        if (prompt < 1 || tokens < 1 || requests < 1 || threads < 0) {
            throw output.wrong("--prompt, --tokens and --requests must be at least 1 and --threads not negative.");
        }
        if (adapters.stream().anyMatch(n -> n < 1 || n > RandomModel.CANDIDATES)
                || clients.stream().anyMatch(n -> n < 1)) {
            throw output.wrong(
                    "--clients must be at least 1 and --adapters from 1 to %d.".formatted(RandomModel.CANDIDATES));
        }
        ObjectNode result = BenchOutput.JSON.createObjectNode();
        ArrayNode rows = result.putArray("rows");
        Optional<String> missing = Optional.empty();
        try {
            Optional<PythonEnvironment> python = alone ? Optional.empty() : Optional.of(environment());
            measure(python, rows);
        } catch (UnavailableException e) {
            if (require) throw new EngineException(e.getMessage(), e);
            missing = Optional.of(e.getMessage());
            rows.removeAll();
            measure(Optional.empty(), rows);
        }
        result.put("prompt_tokens", prompt);
        result.put("tokens", tokens);
        missing.ifPresent(why -> result.put("peft", why));
        output.print(result, text(rows) + missing.map(why -> "\n" + why).orElse(""));
        return 0;
    }

    private PythonEnvironment environment() {
        return venv == null ? PythonEnvironment.installed(output) : PythonEnvironment.at(venv);
    }

    private void measure(Optional<PythonEnvironment> python, ArrayNode rows) {
        for (String shape : shapes) {
            for (int number : adapters) measure(decoder(shape), number, python, rows);
        }
    }

    private ModelShape decoder(String name) {
        try {
            ModelShape shape = ModelShape.named(name);
            if (shape.isDecoderOnly()) return shape;
        } catch (IllegalArgumentException e) {
            // as a shape that isn't decoder-only
        }
        throw output.wrong("There is no decoder-only shape \"%s\".".formatted(name));
    }

    private void measure(ModelShape shape, int number, Optional<PythonEnvironment> python, ArrayNode rows) {
        RandomModel files = RandomModel.of(shape, true).prepare(output);
        List<LoraAdapter> opened = LoraAdapter.loadAll(files.adapters());
        Compute compute = new Compute(Optional.of("cpu"), Optional.of(precision), threads);
        DecoderLimits limits = new DecoderLimits(64, 64 * (prompt + tokens + 32), 2_000_000_000, 128);
        try (LoadedModel model = LoadedModel.open(files.base(), compute);
                RunBeside run = besideRun ? new RunBeside(model.model(), opened, prompt) : null;
                TextGenerator generator = TextGenerator.open(model, limits)) {
            Optional<PythonProgram> peft =
                    python.map(environment -> PythonProgram.start(environment, PythonEnvironment.SERVING, "PEFT"));
            try {
                peft.ifPresent(program -> program.ask(load(files, number)));
                for (int n : clients) {
                    output.say("Measuring %s with %d adapters and %d clients".formatted(shape.word(), number, n));
                    ServingMeasurement warming = new ServingMeasurement(n, number, prompt, 4, 1, 2 * n);
                    ServingMeasurement measured =
                            new ServingMeasurement(n, number, prompt, tokens, requests, 2 * n + 1);
                    warming.of(generator, opened, shape.vocabulary());
                    ObjectNode row = rows.addObject();
                    row.put("shape", shape.word());
                    row.put("adapters", number);
                    row.put("clients", n);
                    ServingMeasurement.Result ours = run == null
                            ? measured.of(generator, opened, shape.vocabulary())
                            : beside(run, () -> measured.of(generator, opened, shape.vocabulary()), row);
                    row.put("tokens_per_second", ours.tokensPerSecond());
                    row.put("first_token_p50_seconds", ours.firstToken().median());
                    row.put("first_token_p95_seconds", ours.firstToken().quantile(0.95));
                    peft.ifPresent(program -> compare(program, warming, measured, shape, ours, row));
                }
            } finally {
                peft.ifPresent(PythonProgram::close);
            }
        } finally {
            opened.forEach(LoraAdapter::close);
        }
    }

    private static ServingMeasurement.Result beside(
            RunBeside run, Supplier<ServingMeasurement.Result> serving, ObjectNode row) {
        row.put("evaluation_seconds_alone", run.alone().median());
        RunBeside.Meanwhile<ServingMeasurement.Result> both = run.during(serving);
        row.put("evaluation_seconds", both.evaluation().median());
        return both.result();
    }

    private ObjectNode load(RandomModel files, int number) {
        ObjectNode question = BenchOutput.JSON.createObjectNode().put("do", "load");
        question.put("base", files.base().toString())
                .put("adapters", files.adapters().toString());
        return question.put("count", number)
                .put("dtype", EnumNames.of(precision))
                .put("threads", threads);
    }

    private static void compare(
            PythonProgram peft,
            ServingMeasurement warming,
            ServingMeasurement measured,
            ModelShape shape,
            ServingMeasurement.Result ours,
            ObjectNode row) {
        peft.ask(question(warming, shape, 0));
        double seconds = 0;
        int written = 0;
        int same = 0;
        List<Double> first = new ArrayList<>();
        for (int request = 0; request < measured.requests(); request++) {
            JsonNode answer = peft.ask(question(measured, shape, request));
            seconds += answer.path("seconds").asDouble();
            first.add(answer.path("first").asDouble());
            for (int i = 0; i < measured.clients(); i++) {
                written += measured.tokens();
                if (request > 0) continue;
                List<Integer> text = new ArrayList<>();
                answer.path("texts").path(i).forEach(id -> text.add(id.asInt()));
                List<Integer> own = ours.texts().get(i);
                if (own.equals(text.subList(0, Math.min(own.size(), text.size())))) same++;
            }
        }
        row.put("peft_tokens_per_second", written / seconds);
        row.put(
                "peft_first_token_seconds",
                first.stream().mapToDouble(d -> d).average().orElseThrow());
        row.put("faster", row.path("tokens_per_second").asDouble() / (written / seconds));
        row.put("same_texts", same);
    }

    private static ObjectNode question(ServingMeasurement measured, ModelShape shape, int request) {
        ObjectNode question = BenchOutput.JSON.createObjectNode().put("do", "generate");
        for (int i = 0; i < measured.clients(); i++) {
            question.withArray("prompts")
                    .add(BenchOutput.JSON.valueToTree(measured.prompt(shape.vocabulary(), i, request)));
            question.withArray("adapters").add(measured.adapter(i));
        }
        return question.put("tokens", measured.tokens());
    }

    private String text(JsonNode rows) {
        TextTable table = new TextTable(
                "",
                "clients",
                "adapters",
                "tokens/s",
                "first token p50",
                "p95",
                "PEFT tokens/s",
                "first",
                "faster",
                "same texts",
                "evaluation alone",
                "meanwhile");
        for (JsonNode row : rows) {
            boolean compared = row.has("faster");
            table.row(List.of(
                    row.path("shape").asText(),
                    row.path("clients").asText(),
                    row.path("adapters").asText(),
                    number(row.path("tokens_per_second")),
                    milliseconds(row.path("first_token_p50_seconds")),
                    milliseconds(row.path("first_token_p95_seconds")),
                    compared ? number(row.path("peft_tokens_per_second")) : "",
                    compared ? milliseconds(row.path("peft_first_token_seconds")) : "",
                    compared
                            ? String.format(
                                    Locale.ROOT, "%.2f", row.path("faster").asDouble())
                            : "",
                    compared ? row.path("same_texts").asText() : "",
                    besideRun ? milliseconds(row.path("evaluation_seconds_alone")) : "",
                    besideRun ? milliseconds(row.path("evaluation_seconds")) : ""));
        }
        return "Prompts of %d tokens, texts of %d, %s; times in ms.%n%s".formatted(prompt, tokens, precision, table);
    }

    private static String number(JsonNode value) {
        return String.format(Locale.ROOT, "%.1f", value.asDouble());
    }

    private static String milliseconds(JsonNode seconds) {
        return Seconds.milliseconds(seconds.asDouble());
    }
}
