package io.lorahub.composition.model;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LoadedModel;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.model.family.ModelFamilies;
import io.lorahub.engine.prompt.ModelPrompts;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.engine.tokenizer.JsonFile;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.DamagedObjectException;
import io.lorahub.storage.object.UnusableObjectException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The models and files of a worker process, for its runs and tasks. */
@ApplicationScoped
public class WorkerModels {

    private static final String CONFIG = "config.json";

    /** All files of a base model that a prompt depends on. */
    private static final List<String> PROMPT_FILES = List.of(
            CONFIG,
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja");

    private final WorkerDevice device;
    private final RunFiles files;
    private final Pool pool;
    private final WorkerConfig config;
    private final int slots;

    WorkerModels(WorkerConfig config, WorkerDevice device, Blobs blobs) {
        this.device = device;
        this.files = new RunFiles(
                config.cache().resolve("files"),
                stored(blobs),
                config.cacheSize(),
                () -> config.freeSpace().asLongValue());
        this.config = config;
        this.slots = config.slots();
        this.pool = new Pool(device::mainMemory);
    }

    private static RunFiles.Source stored(Blobs blobs) {
        return new RunFiles.Source() {
            @Override
            public void place(Map<String, String> files, Path folder) throws IOException {
                blobs.place(files, folder);
            }

            @Override
            public long bytes(Map<String, String> files, Path folder) throws IOException {
                return blobs.bytesToPlace(files.values(), folder);
            }

            @Override
            public boolean areSound(Map<String, String> files, Path folder) throws IOException {
                return blobs.areSound(files, folder);
            }
        };
    }

    /**
     * A base model that several runs share, loaded if necessary. Close it after use.
     *
     * @param bytes size of its weights
     * @param base  SHA-256 of its files, by name
     */
    public Lent lend(String name, long bytes, Map<String, String> base, Precision precision) {
        String key = RunFiles.key(base) + " " + precision;
        try {
            return files.with(
                    base,
                    folder -> pool.borrow(key, name, bytes, () -> LoadedModel.open(folder, device.compute(precision))));
        } catch (UnusableObjectException e) {
            throw new EngineException(
                    "%s of the base model %s. An administrator can register the base model again."
                            .formatted(unusable(e, base), name),
                    e);
        }
    }

    /**
     * The tokenizer of a base model and what its files say about prompts, without its weights. Close it after use.
     *
     * @param base SHA-256 of the base model's files, by name
     * @throws EngineException if it has no tokenizer
     */
    ModelPrompts prompts(Map<String, String> base) {
        Map<String, String> part = new TreeMap<>(base);
        part.keySet().retainAll(PROMPT_FILES);
        return files.with(
                part,
                folder -> ModelPrompts.open(
                        folder,
                        ModelFamilies.of(JsonFile.read(folder.resolve(CONFIG))).context()));
    }

    /**
     * What config.json of a base model says.
     *
     * @param base SHA-256 of its files, by name
     * @return empty if there is no such file
     * @throws EngineException for an unknown family
     */
    public Optional<ModelConfig> config(Map<String, String> base) {
        return Optional.ofNullable(base.get(CONFIG)).map(hash -> files.with(Map.of(CONFIG, hash), BaseModel::config));
    }

    /**
     * Opens a session on a borrowed model.
     *
     * @param candidates SHA-256 of the candidates' files, by name, by the candidates' addresses
     * @throws EngineException if candidates have no files or do not fit, or the model has no such prompt format
     */
    public LearningSession open(
            LoadedModel model,
            Map<String, Map<String, String>> candidates,
            ComposedWeights composition,
            PromptChoice prompt) {
        return open(model, candidates, composition, prompt, UnaryOperator.identity());
    }

    /** @param needs what the session needs besides, such as {@link RunMemory#refining} */
    public LearningSession open(
            LoadedModel model,
            Map<String, Map<String, String>> candidates,
            ComposedWeights composition,
            PromptChoice prompt,
            UnaryOperator<RunMemory> needs) {
        Consumer<RunMemory> check = memory -> needs.apply(memory).requireWorker(device.mainMemory(), slots);
        List<LoraAdapter> adapters = new ArrayList<>();
        try {
            for (Map.Entry<String, Map<String, String>> candidate : candidates.entrySet()) {
                if (candidate.getValue().isEmpty()) {
                    throw new EngineException("The candidate %s has no files.".formatted(candidate.getKey()));
                }
                adapters.add(adapter(candidate.getKey(), candidate.getValue()));
            }
            if (model.isOnCpu()) check.accept(model.memory(adapters));
        } catch (RuntimeException e) {
            adapters.forEach(LoraAdapter::close);
            throw e;
        }
        return LearningSession.open(model, adapters, composition, prompt).checkMemory(check);
    }

    /** An adapter by itself. Close it after use. */
    public LoraAdapter adapter(String address, Map<String, String> hashes) {
        try {
            return files.with(read(hashes), folder -> load(address, folder));
        } catch (UnusableObjectException e) {
            throw new EngineException(
                    "%s of the candidate %s. Repeat the run without it, or ask its publisher to upload the file again."
                            .formatted(unusable(e, hashes), address),
                    e);
        }
    }

    /** Messages are for people who don't know this machine's folders. */
    private static LoraAdapter load(String address, Path folder) {
        try {
            return LoraAdapter.load(address, folder);
        } catch (EngineException e) {
            throw new EngineException(e.getMessage().replace(folder.toString(), address), e);
        }
    }

    /** An adapter is read from the top of its folder; what a commit put into folders below is not needed. */
    private static Map<String, String> read(Map<String, String> files) {
        Map<String, String> top = new TreeMap<>(files);
        top.keySet().removeIf(name -> name.contains("/"));
        return top;
    }

    /** The beginning of a sentence about an unusable file. */
    private static String unusable(UnusableObjectException fault, Map<String, String> hashes) {
        String file = hashes.entrySet().stream()
                .filter(entry -> fault.sha256().filter(entry.getValue()::equals).isPresent())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse("a file");
        return "The store %s %s"
                .formatted(fault instanceof DamagedObjectException ? "has a damaged copy of" : "has lost", file);
    }

    /** Copies one of the files into a folder. */
    public Path copy(Map<String, String> hashes, String name, Path target) {
        return files.with(hashes, folder -> {
            try {
                return Files.copy(folder.resolve(name), target.resolve(name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Names of the loaded, idle models. */
    public List<String> names() {
        return pool.names();
    }

    /** Closes all idle models. */
    public void clear() {
        pool.clear();
    }

    public void close() {
        pool.close();
    }

    /**
     * A model that is in use until it is closed.
     *
     * @param key   identifies the model: its name, files and number type
     * @param bytes memory that it takes
     */
    public record Lent(Pool pool, String key, String name, long bytes, LoadedModel model) implements AutoCloseable {

        @Override
        public void close() {
            pool.giveBack(this);
        }
    }

    /**
     * Base models that stay loaded between runs. Runs of the same model share one copy, because none changes it. If all
     * models together would exceed the memory limit, the least recently used ones are closed.
     */
    static final class Pool implements AutoCloseable {

        private static final class Kept {
            final String name;
            final long bytes;
            final CompletableFuture<LoadedModel> model = new CompletableFuture<>();
            int users;

            Kept(String name, long bytes) {
                this.name = name;
                this.bytes = bytes;
            }
        }

        private final LongSupplier limit;

        /** Loaded models by key, the least recently used first. */
        private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

        private long used;
        private boolean closed;

        /** @param limit memory for idle models and those in use, in bytes */
        Pool(LongSupplier limit) {
            this.limit = limit;
        }

        /**
         * Returns the model with this key, loading it if necessary. Throws any exception from loading, and EngineException
         * if the model is larger than the limit.
         */
        Lent borrow(String key, String name, long bytes, Supplier<LoadedModel> load) {
            if (bytes > limit.getAsLong()) {
                throw new EngineException(
                        "The base model %s takes %,d MB of memory, and the worker has %,d MB for base models and runs."
                                .formatted(name, bytes / 1_000_000, limit.getAsLong() / 1_000_000));
            }
            Kept mine;
            boolean first;
            synchronized (this) {
                mine = kept.get(key);
                first = mine == null;
                if (first) {
                    makeRoom(bytes);
                    used += bytes;
                    mine = new Kept(name, bytes);
                    kept.put(key, mine);
                }
                mine.users++;
            }
            return new Lent(this, key, name, bytes, first ? loaded(key, mine, load) : awaited(mine));
        }

        private LoadedModel loaded(String key, Kept mine, Supplier<LoadedModel> load) {
            try {
                LoadedModel model = load.get();
                mine.model.complete(model);
                return model;
            } catch (RuntimeException | Error e) {
                synchronized (this) {
                    kept.remove(key, mine);
                    used -= mine.bytes;
                }
                mine.model.completeExceptionally(e);
                throw e;
            }
        }

        private static LoadedModel awaited(Kept other) {
            try {
                return other.model.join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof Error error) throw error;
                throw (RuntimeException) e.getCause();
            }
        }

        synchronized void giveBack(Lent lent) {
            Kept mine = kept.get(lent.key());
            mine.users--;
            if (mine.users == 0 && (closed || used > limit.getAsLong())) discard(lent.key());
        }

        synchronized List<String> names() {
            return kept.values().stream().map(k -> k.name).distinct().sorted().toList();
        }

        private void makeRoom(long bytes) {
            for (String key : idle()) {
                if (used + bytes <= limit.getAsLong()) return;
                discard(key);
            }
        }

        private List<String> idle() {
            List<String> idle = new ArrayList<>();
            kept.forEach((key, k) -> {
                if (k.users == 0) idle.add(key);
            });
            return idle;
        }

        private void discard(String key) {
            Kept gone = kept.remove(key);
            used -= gone.bytes;
            gone.model.join().close();
        }

        /** Closes all idle models. */
        synchronized void clear() {
            idle().forEach(this::discard);
        }

        /** Closes the pool. Models in use are closed when they are given back. */
        @Override
        public synchronized void close() {
            closed = true;
            clear();
        }
    }
}
