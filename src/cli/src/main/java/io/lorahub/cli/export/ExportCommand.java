package io.lorahub.cli.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.AdapterAddress;
import io.lorahub.cli.hub.HubOptions;
import io.lorahub.cli.local.BaseModelResolver;
import io.lorahub.cli.local.options.FolderOptions;
import io.lorahub.cli.terminal.EnumWords;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.TransferOnTerminal;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.checkpoint.ModelFolder;
import io.lorahub.engine.checkpoint.TemporaryFolder;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.family.Architecture;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.preset.ExportPreset;
import io.lorahub.engine.preset.FactorType;
import io.lorahub.engine.preset.PresetExport;
import io.lorahub.engine.preset.PresetOptions;
import io.lorahub.engine.preset.PresetReport;
import io.lorahub.engine.preset.ServingCommands;
import io.lorahub.remote.AdapterDownload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "export",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Writes an adapter as another program loads it: with one rank for all modules, one alpha, and its names and"
                    + " layout of tensors. Then prints the command that serves it.",
            ""
        },
        footer = {
            "",
            "lorahub export adapters/un --for peft --rank 4 --out un-small",
            "lorahub export mia/support@1.0.0 --for llama.cpp --base models/llama --out support-gguf"
        })
public final class ExportCommand implements Callable<Integer> {

    @Parameters(paramLabel = "ADAPTER", description = "A folder, a zip, or publisher/name[@version] on a hub.")
    private String adapter;

    @Option(
            names = "--for",
            required = true,
            paramLabel = "PROGRAM",
            converter = EnumWords.ExportPresets.class,
            completionCandidates = EnumWords.ExportPresets.class,
            description = "One of ${COMPLETION-CANDIDATES}.")
    private ExportPreset preset;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder to write.")
    private Path out;

    @Option(
            names = "--base",
            paramLabel = "DIR",
            description =
                    "The base model, of which only config.json is read (and the weights that the adapter has whole): its folder, or"
                            + " its name in this machine's Hugging Face cache. Default: the one that the adapter names.")
    private Optional<String> base;

    @Option(
            names = "--rank",
            paramLabel = "N",
            description = "Compress to this rank, or pad to it. Default: the adapter's; for vLLM, at most 512.")
    private Integer rank;

    @Option(
            names = "--max-error",
            paramLabel = "SHARE",
            description = "Compress to the smallest rank within this relative error, such as 0.01.")
    private Double maxError;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            converter = EnumWords.FactorTypes.class,
            completionCandidates = EnumWords.FactorTypes.class,
            defaultValue = "float32",
            description = "Type of the factors: float32 (default), float16 or bfloat16.")
    private FactorType type;

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            description =
                    "For ollama: what the Modelfile names as the base model, such as llama3.2 or a GGUF file. Default: the base"
                            + " model's folder.")
    private Optional<String> from;

    @Option(names = "--overwrite", description = "Replace the folder if it exists.")
    private boolean overwrite;

    @Mixin
    private HubOptions hub;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        PresetOptions options = UsageErrors.checked(
                command,
                () -> new PresetOptions(
                        rank == null ? OptionalInt.empty() : OptionalInt.of(rank),
                        maxError == null ? OptionalDouble.empty() : OptionalDouble.of(maxError),
                        type,
                        overwrite));
        if (overwrite) FolderOptions.requireModelFiles(out);
        if (from.isPresent() && preset != ExportPreset.OLLAMA) {
            throw UsageErrors.wrong(command, "--from only works with --for ollama.");
        }
        if (rank != null && preset.largestRank().filter(most -> rank > most).isPresent()) {
            throw UsageErrors.wrong(
                    command,
                    "%s loads ranks up to %d (got %d)."
                            .formatted(preset.title(), preset.largestRank().get(), rank));
        }
        Path local = Path.of(adapter);
        requireOne(local);
        Optional<AdapterAddress> address = AdapterAddress.find(adapter);
        if (Files.exists(local) || address.isEmpty()) return export(local, LoraAdapter.nameOf(local), options);
        try (TemporaryFolder folder =
                TemporaryFolder.createIn(Path.of(System.getProperty("java.io.tmpdir")), "lorahub-export-")) {
            Path pulled = folder.path().resolve(address.get().name());
            new AdapterDownload(hub.client(), new TransferOnTerminal(output.err())).into(pulled, address.get());
            return export(pulled, address.get().name(), options);
        } catch (IOException e) {
            throw new EngineException(
                    "No temporary folder could be created for the download: %s.".formatted(EngineException.reason(e)),
                    e);
        }
    }

    private static void requireOne(Path path) {
        if (!Files.isDirectory(path) || Files.exists(path.resolve("adapter_config.json"))) return;
        try (Stream<Path> children = Files.list(path)) {
            Optional<Path> first = children.filter(child -> Files.exists(child.resolve("adapter_config.json")))
                    .min(Comparator.naturalOrder());
            if (first.isPresent()) {
                throw new EngineException(
                        "%s is a folder of adapters; name one of them, such as %s.".formatted(path, first.get()));
            }
        } catch (IOException e) {
            throw new EngineException("%s cannot be read: %s.".formatted(path, EngineException.reason(e)), e);
        }
    }

    /** What a program can load: a folder, or a name with its owner; a name alone is a folder of another machine. */
    private static String served(Optional<String> named, String baseFolder) {
        return named.filter(name -> name.matches("[\\w.-]+/[\\w.-]+"))
                .orElse(baseFolder.isEmpty() ? "BASE_MODEL" : baseFolder);
    }

    private int export(Path path, String name, PresetOptions options) {
        try (LoraAdapter opened = LoraAdapter.load(name, path)) {
            Optional<Path> folder = base.map(BaseModelResolver::find)
                    .or(() -> opened.config().baseModel().flatMap(BaseModelResolver::lookUp));
            // PEFT loads adapters of families that LoraHub doesn't know
            Optional<ModelConfig> config = folder.filter(f -> base.isPresent() || preset != ExportPreset.PEFT)
                    .map(BaseModel::config);
            String baseFolder =
                    folder.map(f -> f.toAbsolutePath().normalize().toString()).orElse("");
            PresetReport report = PresetExport.write(
                    opened, kept(opened, folder), config, from.orElse(baseFolder), preset, options, out);
            ServingCommands commands = new ServingCommands(
                    base.isPresent() ? baseFolder : served(opened.config().baseModel(), baseFolder),
                    name,
                    out.toAbsolutePath().normalize().toString(),
                    report.rank(),
                    config.map(ModelConfig::architecture)
                            .orElseGet(() ->
                                    Architecture.ofModules(opened.modules().keySet())));
            if (output.json()) {
                output.print(json(report, commands));
            } else {
                print(report, commands);
                if (base.isEmpty() && folder.isEmpty()) sayWhereFrom(commands.base());
            }
        }
        return ExitCode.OK;
    }

    /** The modules that the adapter replaces: those that differ from the base model's, if its weights are there. */
    private KeptModules kept(LoraAdapter opened, Optional<Path> folder) {
        KeptModules listed = KeptModules.listed(opened, Optional.empty());
        if (listed.isEmpty()) return listed;
        Optional<Path> weights = folder.filter(ModelFolder::hasWeights);
        if (weights.isPresent()) {
            try (BaseModel model = BaseModel.open(weights.get())) {
                return KeptModules.of(
                        List.of(opened), model.weights(), model.config().tiedModules());
            } catch (EngineException e) {
                if (preset != ExportPreset.PEFT) throw e;
            }
        }
        if (preset == ExportPreset.PEFT) return listed;
        throw new EngineException(
                "The adapter %s has %s whole (modules_to_save), which only PEFT loads if it was trained. Give the base model's folder with its weights (--base DIR) to see whether they are the same."
                        .formatted(opened.name(), String.join(", ", listed.modules())));
    }

    private void print(PresetReport report, ServingCommands commands) {
        output.out()
                .println(TextLines.wrapped("Written to %s for %s: %s in %d modules, rank %d, %s."
                        .formatted(
                                out,
                                preset.title(),
                                String.join(" and ", report.files()),
                                report.modules(),
                                report.rank(),
                                error(report))));
        report.changes().forEach(change -> output.out().println(TextLines.wrapped("- " + change)));
        output.out().println();
        output.out().println(commands.of(preset));
        output.out().flush();
    }

    /** The programs that load base models by name ask huggingface.co, unless they are told another hub. */
    private void sayWhereFrom(String name) {
        boolean byName = preset != ExportPreset.LLAMA_CPP && preset != ExportPreset.OLLAMA && name.contains("/");
        if (!byName) return;
        output.out()
                .println("\n"
                        + TextLines.wrapped(
                                "This loads the base model %s from huggingface.co. If another hub has it, set HF_ENDPOINT to that hub's address; if it is in a folder, pass --base DIR."
                                        .formatted(name)));
        output.out().flush();
    }

    private static String error(PresetReport report) {
        return report.lossless() ? "lossless" : "which changes ΔW by " + TextLines.percent(report.error());
    }

    private ObjectNode json(PresetReport report, ServingCommands commands) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("program", preset.id());
        json.put("folder", out.toString());
        report.files().forEach(json.putArray("files")::add);
        json.put("modules", report.modules());
        json.put("own_rank", report.ownRank());
        json.put("rank", report.rank());
        json.put("dtype", report.type().name().toLowerCase(Locale.ROOT));
        json.put("relative_error", report.error());
        report.changes().forEach(json.putArray("changes")::add);
        json.put("command", commands.of(preset));
        return json;
    }
}
