package io.lorahub.bench.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.ModelShape;
import io.lorahub.bench.engine.RandomModel;
import io.lorahub.bench.reference.ServingMeasurement.TextServer;
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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures text generation for several clients, beside transformers and PEFT and beside llama.cpp's server. */
@Command(
        name = "serve",
        description = {
            "Measures text generation for several clients at once, with one adapter and with several, on random weights of"
                    + " public shapes with adapters of rank 16 on all linear modules. Beside it transformers and PEFT"
                    + " generate the same texts, all clients as one batch. They need Python 3; the first run installs about"
                    + " 5 GB from PyPI. With --llama-cpp, llama.cpp's server writes them too, with the adapters that"
                    + " \"lorahub export\" writes for it.",
            ""
        })
public final class ServeBenchCommand implements Callable<Integer> {

    private static final String PEFT = "peft";
    private static final String LLAMA_CPP = "llama_cpp";

    /** Why a program to compare with can't be run. */
    private final Map<String, String> missing = new TreeMap<>();

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
            description = "Threads of each program. Default: what each chooses itself.")
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
            names = "--llama-cpp",
            description =
                    "Also measure llama.cpp's server. The first run builds it from PyPI's sources, with CMake and a C++"
                            + " compiler; the Python environment converts the model for it.")
    private boolean llamaCpp;

    @Option(
            names = "--beside-run",
            description = "Meanwhile a run evaluates mixes of the adapters with the same model; also show how long an"
                    + " evaluation takes, alone and then.")
    private boolean besideRun;

    @Option(names = "--require", description = "Fail if a program to compare with cannot be run.")
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
        for (String shape : shapes) {
            for (int number : adapters) measure(decoder(shape), number, rows);
        }
        result.put("prompt_tokens", prompt);
        result.put("tokens", tokens);
        missing.forEach(result::put);
        output.print(
                result,
                text(rows) + missing.values().stream().map(why -> "\n" + why).collect(Collectors.joining()));
        return 0;
    }

    /** What another program does; empty if it can't be run, which is noted once. */
    private <T> Optional<T> unlessMissing(String program, Supplier<T> action) {
        if (missing.containsKey(program)) return Optional.empty();
        try {
            return Optional.of(action.get());
        } catch (UnavailableException e) {
            if (require) throw new EngineException(e.getMessage(), e);
            missing.put(program, e.getMessage());
            return Optional.empty();
        }
    }

    private PythonEnvironment environment() {
        return venv == null ? PythonEnvironment.installed(output) : PythonEnvironment.at(venv);
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

    private void measure(ModelShape shape, int number, ArrayNode rows) {
        RandomModel files = RandomModel.of(shape, true).prepare(output);
        List<LoraAdapter> opened = LoraAdapter.loadAll(files.adapters());
        Compute compute = new Compute(Optional.of("cpu"), Optional.of(precision), threads);
        DecoderLimits limits = new DecoderLimits(64, 64 * (prompt + tokens + 32), 2_000_000_000, 128);
        try (LoadedModel model = LoadedModel.open(files.base(), compute);
                RunBeside run = besideRun ? new RunBeside(model.model(), opened, prompt) : null;
                TextGenerator generator = TextGenerator.open(model, limits)) {
            TextServer ours = TextServer.of(generator, opened);
            Optional<PythonProgram> peft = alone ? Optional.empty() : unlessMissing(PEFT, () -> peft(files, number));
            try {
                for (int n : clients) {
                    output.say("Measuring %s with %d adapters and %d clients".formatted(shape.word(), number, n));
                    ServingMeasurement warming = new ServingMeasurement(n, number, prompt, 4, 1, 2 * n);
                    ServingMeasurement measured =
                            new ServingMeasurement(n, number, prompt, tokens, requests, 2 * n + 1);
                    warming.of(ours, shape.vocabulary());
                    ObjectNode row = rows.addObject();
                    row.put("shape", shape.word());
                    row.put("adapters", number);
                    row.put("clients", n);
                    ServingMeasurement.Result result = run == null
                            ? measured.of(ours, shape.vocabulary())
                            : beside(run, () -> measured.of(ours, shape.vocabulary()), row);
                    row.put("tokens_per_second", result.tokensPerSecond());
                    row.put("first_token_p50_seconds", result.firstToken().median());
                    row.put("first_token_p95_seconds", result.firstToken().quantile(0.95));
                    peft.ifPresent(program ->
                            unlessMissing(PEFT, () -> compare(program, warming, measured, shape, result, row)));
                    if (llamaCpp) unlessMissing(LLAMA_CPP, () -> compare(files, warming, measured, result, row));
                }
            } finally {
                peft.ifPresent(PythonProgram::close);
            }
        } finally {
            opened.forEach(LoraAdapter::close);
        }
    }

    private PythonProgram peft(RandomModel files, int number) {
        PythonProgram program = PythonProgram.start(environment(), PythonEnvironment.SERVING, "PEFT");
        try {
            program.ask(load(files, number));
            return program;
        } catch (UnavailableException e) {
            program.close();
            throw e;
        }
    }

    private ObjectNode compare(
            RandomModel files,
            ServingMeasurement warming,
            ServingMeasurement measured,
            ServingMeasurement.Result ours,
            ObjectNode row) {
        LlamaCpp program = LlamaCpp.built(environment(), output);
        LlamaCpp.Model model = program.convert(files, precision, measured.adapters(), output);
        int vocabulary = files.shape().vocabulary();
        try (LlamaCppServer server =
                LlamaCppServer.start(program, model, precision, measured.clients(), prompt + tokens, threads)) {
            warming.of(server.client(), vocabulary);
            ServingMeasurement.Result theirs = measured.of(server.client(), vocabulary);
            int same = 0;
            for (int i = 0; i < measured.clients(); i++) {
                if (isBeginning(ours.texts().get(i), theirs.texts().get(i))) same++;
            }
            row.put("llama_cpp_tokens_per_second", theirs.tokensPerSecond());
            row.put("llama_cpp_first_token_p50_seconds", theirs.firstToken().median());
            row.put("llama_cpp_first_token_p95_seconds", theirs.firstToken().quantile(0.95));
            row.put("faster_than_llama_cpp", ours.tokensPerSecond() / theirs.tokensPerSecond());
            return row.put("same_texts_as_llama_cpp", same);
        } catch (CompletionException e) {
            throw new UnavailableException(e.getCause().getMessage());
        }
    }

    /** The other program doesn't end a text at an end token. */
    private static boolean isBeginning(List<Integer> ours, List<Integer> theirs) {
        return ours.equals(theirs.subList(0, Math.min(ours.size(), theirs.size())));
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

    private static ObjectNode compare(
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
                if (isBeginning(ours.texts().get(i), text)) same++;
            }
        }
        row.put("peft_tokens_per_second", written / seconds);
        row.put(
                "peft_first_token_seconds",
                first.stream().mapToDouble(d -> d).average().orElseThrow());
        row.put("faster", row.path("tokens_per_second").asDouble() / (written / seconds));
        return row.put("same_texts", same);
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
                "llama.cpp tokens/s",
                "first p50",
                "p95",
                "faster",
                "same texts",
                "evaluation alone",
                "meanwhile");
        for (JsonNode row : rows) {
            table.row(List.of(
                    row.path("shape").asText(),
                    row.path("clients").asText(),
                    row.path("adapters").asText(),
                    number(row.path("tokens_per_second")),
                    milliseconds(row.path("first_token_p50_seconds")),
                    milliseconds(row.path("first_token_p95_seconds")),
                    number(row.path("peft_tokens_per_second")),
                    milliseconds(row.path("peft_first_token_seconds")),
                    factor(row.path("faster")),
                    row.path("same_texts").asText(),
                    number(row.path("llama_cpp_tokens_per_second")),
                    milliseconds(row.path("llama_cpp_first_token_p50_seconds")),
                    milliseconds(row.path("llama_cpp_first_token_p95_seconds")),
                    factor(row.path("faster_than_llama_cpp")),
                    row.path("same_texts_as_llama_cpp").asText(),
                    milliseconds(row.path("evaluation_seconds_alone")),
                    milliseconds(row.path("evaluation_seconds"))));
        }
        return "Prompts of %d tokens, texts of %d, %s; times in ms.%n%s".formatted(prompt, tokens, precision, table);
    }

    private static String number(JsonNode value) {
        return value.isMissingNode() ? "" : String.format(Locale.ROOT, "%.1f", value.asDouble());
    }

    private static String factor(JsonNode value) {
        return value.isMissingNode() ? "" : String.format(Locale.ROOT, "%.2f", value.asDouble());
    }

    private static String milliseconds(JsonNode seconds) {
        return seconds.isMissingNode() ? "" : Seconds.milliseconds(seconds.asDouble());
    }
}
