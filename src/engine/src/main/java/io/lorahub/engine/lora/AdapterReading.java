package io.lorahub.engine.lora;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.checkpoint.ForeignCodeException;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.check.AdapterCheck;
import io.lorahub.engine.lora.check.AdapterContents;
import io.lorahub.engine.lora.check.BaseCopies;
import io.lorahub.engine.lora.check.BaseFit;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.check.ModuleCountCheck;
import io.lorahub.engine.lora.check.SharedEmbeddingCheck;
import io.lorahub.engine.lora.config.AdapterException;
import io.lorahub.engine.lora.config.BoundedPattern;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.ConfigFile;
import io.lorahub.engine.lora.config.ConfigReading;
import io.lorahub.engine.lora.config.FindingCollector;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.engine.safetensors.TensorInfo;
import io.lorahub.engine.safetensors.TensorSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Opens an adapter and runs all checks on it. It never fails: unreadable content becomes a finding. */
public final class AdapterReading implements AutoCloseable {

    private static final String AGAIN = "Save, download or upload it again.";

    private final Path path;
    private final Predicate<CheckFinding> resolved;
    private final FindingCollector collector = new FindingCollector();
    private final Optional<AdapterFolder> folder;
    private final Optional<AdapterContents> contents;

    public AdapterReading(Path dirOrZip) {
        this(dirOrZip, finding -> false);
    }

    /** @param resolved findings that the caller takes care of, so they are left out */
    AdapterReading(Path dirOrZip, Predicate<CheckFinding> resolved) {
        path = dirOrZip;
        this.resolved = resolved;
        folder = open();
        Optional<JsonNode> json = config();
        Optional<CheckFinding> anotherKind = json.flatMap(AdapterCheck::anotherKind);
        anotherKind.ifPresent(collector);
        contents = json.filter(read -> anotherKind.isEmpty())
                .map(read -> AdapterContents.of(
                        new ConfigReading(read, collector).config(),
                        folder.map(AdapterFolder::weights).orElseGet(NoTensors::new),
                        collector));
        contents.ifPresent(c -> {
            AdapterCheck.OF_CONFIG.forEach(check -> run(check, c));
            if (folder.isPresent()) AdapterCheck.OF_TENSORS.forEach(check -> run(check, c));
        });
    }

    public List<CheckFinding> findings() {
        return collector.findings();
    }

    /**
     * Empty if the configuration or the weights cannot be read at all, are of another kind than LoRA, or are of too many
     * modules.
     */
    public Optional<AdapterSummary> summary() {
        if (folder.isEmpty()) return Optional.empty();
        try {
            return contents.filter(c -> !ModuleCountCheck.exceeds(c))
                    .map(c -> new AdapterSummary(c, FileHashes.of(folder.get().files())));
        } catch (BoundedPattern.UnusablePatternException | EngineException e) {
            return Optional.empty(); // the findings describe the fault
        }
    }

    /**
     * Returns the reasons why the readable part of the adapter cannot be applied to a base model with these tensors.
     */
    public List<CheckFinding> misfits(TensorSource base) {
        return misfits(BaseFit.of(base));
    }

    /** Returns all findings, with the results of comparing copies of base model weights with the originals. */
    public List<CheckFinding> findings(TensorSource base) {
        List<CheckFinding> copies = folder.flatMap(
                        f -> contents.map(c -> BaseCopies.compare(f.weights(), c.config(), base)))
                .orElse(List.of());
        Set<String> compared = copies.stream().map(CheckFinding::subject).collect(Collectors.toSet());
        return Stream.concat(
                        findings().stream()
                                .filter(f -> !f.code().equals(BaseCopies.CODE) || !compared.contains(f.subject())),
                        copies.stream())
                .toList();
    }

    /** Returns the reasons why the readable part of the adapter cannot be applied to a base model. */
    public List<CheckFinding> misfits(BaseFit base) {
        if (folder.isEmpty() || contents.isEmpty()) return List.of();
        try {
            AdapterContents c = contents.get();
            return base.misfits(
                    c.config(),
                    c.readable()
                            .filter(m -> !SharedEmbeddingCheck.isIdle(m))
                            .map(c::module)
                            .toList(),
                    c.modules().keySet());
        } catch (BoundedPattern.UnusablePatternException | EngineException e) {
            return List.of(); // the findings describe the fault
        }
    }

    /**
     * Returns the adapter, which takes ownership of the open file. Throws {@link AdapterException} if there is any
     * error.
     */
    LoraAdapter adapter(String name) {
        if (collector.hasErrors() || contents.isEmpty()) {
            close();
            throw new AdapterException(path, findings());
        }
        return new LoraAdapter(name, path, contents.get().config(), modules(contents.get()), findings(), folder);
    }

    @Override
    public void close() {
        folder.ifPresent(AdapterFolder::close);
    }

    private static SortedMap<String, LoraModule> modules(AdapterContents contents) {
        SortedMap<String, LoraModule> modules = new TreeMap<>();
        contents.acting().forEach(m -> modules.put(m.module(), contents.module(m)));
        return modules;
    }

    private Optional<AdapterFolder> open() {
        try {
            return Optional.of(AdapterFolder.open(path));
        } catch (EngineException e) {
            collector.accept(unreadable(e));
            return Optional.empty();
        }
    }

    /** Converts the exception to a finding for its kind of fault. */
    private CheckFinding unreadable(EngineException e) {
        if (e instanceof ForeignCodeException) {
            return CheckFinding.error("executable-content", path.toString(), e.getMessage(), "");
        }
        if (!Files.isDirectory(path)) return CheckFinding.error("unreadable", path.toString(), e.getMessage(), "");
        if (!Files.isRegularFile(path.resolve(AdapterFolder.CONFIG))) {
            return CheckFinding.error(
                    "config-missing", AdapterFolder.CONFIG, e.getMessage(), "Put it beside the weights.");
        }
        boolean weights = AdapterFolder.WEIGHTS.stream().anyMatch(w -> Files.isRegularFile(path.resolve(w)));
        return weights
                ? CheckFinding.error("weights-unreadable", path.toString(), e.getMessage(), AGAIN)
                : CheckFinding.error(
                        "weights-missing",
                        AdapterFolder.WEIGHTS.get(0),
                        e.getMessage(),
                        "Put them beside the configuration.");
    }

    private Optional<JsonNode> config() {
        Path file = folder.map(AdapterFolder::config).orElse(path.resolve("adapter_config.json"));
        return Files.isRegularFile(file) ? ConfigFile.read(file, collector) : Optional.empty();
    }

    private void run(AdapterCheck check, AdapterContents c) {
        try {
            check.check(c, finding -> {
                if (!resolved.test(finding)) collector.accept(finding);
            });
        } catch (BoundedPattern.UnusablePatternException e) {
            collector.accept(ConfigReading.unusable("adapter_config.json", e));
        } catch (EngineException e) {
            collector.accept(CheckFinding.error("tensor-unreadable", path.toString(), e.getMessage(), ""));
        }
    }

    /** Replaces unreadable weights, so that the configuration is checked nevertheless. */
    private static final class NoTensors implements TensorSource {

        @Override
        public Set<String> names() {
            return Set.of();
        }

        @Override
        public TensorInfo info(String name) {
            throw new NoSuchElementException(name);
        }

        @Override
        public TensorData tensor(String name) {
            throw new NoSuchElementException(name);
        }

        @Override
        public void close() {
            // no file is open
        }
    }
}
