package io.lorahub.generation.worker;

import io.lorahub.composition.model.WorkerDevice;
import io.lorahub.composition.model.WorkerModels;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.generation.TextGenerator;
import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.model.decoding.DecoderLimits;
import io.lorahub.engine.model.decoding.MixedAdapter;
import io.lorahub.generation.GenerationConfig;
import io.lorahub.generation.GenerationWork;
import io.lorahub.job.PeriodicTasks;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One text generator for each base model that requests use, with the adapters that they name. All requests for a base model
 * share it. A generator that nobody has used for a while is closed, so that its model's memory can serve others.
 */
@ApplicationScoped
class LoadedGenerators {

    /** How long a generator is kept that nobody uses. */
    private static final Duration KEPT = Duration.ofMinutes(2);

    private static final Duration CHECK = Duration.ofSeconds(10);

    /** Adapters of one base model that are kept open; the engine has limits of its own for what they take. */
    private static final int ADAPTERS = 64;

    /** Number of tokens for which a cache has room at least. */
    private static final int LEAST_CACHE = 2048;

    /** Number of tokens of prompts that are read between two tokens of the texts that are being written. */
    private static final int CHUNK = 256;

    private final WorkerModels models;
    private final GenerationConfig config;
    private final WorkerDevice device;
    private final Map<Map<String, String>, Loaded> loaded = new HashMap<>();
    /** Held while memory for a generator is reserved. */
    private final Object reservation = new Object();

    private final PeriodicTasks closing = new PeriodicTasks("generators");

    LoadedGenerators(WorkerModels models, GenerationConfig config, WorkerDevice device) {
        this.models = models;
        this.device = device;
        this.config = config;
        closing.every(CHECK, CHECK, () -> closeUnused(KEPT));
    }

    /** Closes those that nobody has used for so long. */
    private void closeUnused(Duration idle) {
        List<Loaded> unused = new ArrayList<>();
        synchronized (loaded) {
            long now = System.nanoTime();
            for (Iterator<Loaded> all = loaded.values().iterator(); all.hasNext(); ) {
                Loaded one = all.next();
                if (one.users > 0 || now - one.used < idle.toNanos()) continue;
                unused.add(one);
                all.remove();
            }
        }
        unused.forEach(Loaded::close);
    }

    /** The use of a generator by one request, with its adapters open until this is closed. */
    final class Use implements AutoCloseable {

        private final Loaded of;
        private TextGenerator generator;
        private final List<Map<String, String>> adapters = new ArrayList<>();
        private final List<MixedAdapter> mix = new ArrayList<>();

        private Use(Loaded of) {
            this.of = of;
        }

        TextGenerator generator() {
            return generator;
        }

        List<MixedAdapter> mix() {
            return mix;
        }

        @Override
        public void close() {
            of.release(adapters);
            synchronized (loaded) {
                of.users--;
                of.used = System.nanoTime();
            }
        }
    }

    /**
     * Opens the generator of a base model and the adapters, as far as they aren't open.
     *
     * @throws EngineException if they can't be opened
     */
    Use use(GenerationWork work) {
        Loaded one;
        synchronized (loaded) {
            one = loaded.computeIfAbsent(work.base(), base -> new Loaded());
            one.users++;
        }
        Use use = new Use(one);
        try {
            use.generator = one.open(work);
            for (GenerationWork.Part part : work.parts()) {
                LoraAdapter adapter = one.adapter(part);
                use.adapters.add(part.files());
                use.mix.add(new MixedAdapter(adapter, part.weights()));
            }
            return use;
        } catch (RuntimeException | Error e) {
            use.close();
            throw e;
        }
    }

    /** A generator, with what it uses. */
    private final class Loaded {

        private WorkerModels.Lent model;
        private TextGenerator generator;

        /** Memory in bytes that the generator and its model take at most. */
        private volatile long reserved;

        /** By the adapters' files, the least recently used first. */
        private final Map<Map<String, String>, Opened> adapters = new LinkedHashMap<>(16, 0.75f, true);

        // both guarded by the map of generators
        private int users;
        private long used;

        /** A generator that has failed is replaced. The adapters stay open, because requests that use it still have them. */
        private synchronized TextGenerator open(GenerationWork work) {
            if (generator != null && !generator.isClosed()) return generator;
            closeGenerator();
            model = models.lend(work.baseName(), work.baseBytes(), work.base(), Precision.FLOAT32);
            try {
                generator = TextGenerator.open(model.model(), reserved());
            } finally {
                if (generator == null) {
                    reserved = 0;
                    model.close();
                }
            }
            return generator;
        }

        /** What fits beside the other base models; those that nobody uses are closed first, if it wouldn't. */
        private DecoderLimits reserved() {
            synchronized (reservation) {
                DecoderLimits limits;
                try {
                    limits = fitting(device.memory() - reservedByOthers());
                } catch (EngineException e) {
                    closeUnused(Duration.ZERO);
                    limits = fitting(device.memory() - reservedByOthers());
                }
                reserved = needed(limits);
                return limits;
            }
        }

        private long reservedByOthers() {
            synchronized (loaded) {
                return loaded.values().stream()
                        .filter(other -> other != this)
                        .mapToLong(other -> other.reserved)
                        .sum();
            }
        }

        private void closeGenerator() {
            if (generator == null) return;
            generator.close();
            generator = null;
            model.close();
            reserved = 0;
        }

        /** Without packed weights, and then with a smaller cache for fewer texts at a time, if the worker has less memory. */
        private DecoderLimits fitting(long memory) {
            int cacheTokens = config.cacheTokens();
            DecoderLimits limits = new DecoderLimits(config.rows(), cacheTokens, config.adapterBytes(), CHUNK);
            if (needed(limits) > memory) limits = limits.withoutPacked(cacheTokens);
            while (needed(limits) > memory) {
                cacheTokens /= 2;
                if (cacheTokens < LEAST_CACHE) {
                    throw new EngineException("Text generation with %s needs %s, but the worker has %s%s."
                            .formatted(
                                    model.name(),
                                    RunMemory.gigabytes(needed(limits)),
                                    RunMemory.gigabytes(Math.max(0, memory)),
                                    memory < device.memory() ? " beside the other models in use" : ""));
                }
                limits = limits.withoutPacked(cacheTokens);
            }
            return limits;
        }

        private long needed(DecoderLimits limits) {
            return model.bytes() + TextGenerator.memory(model.model(), limits);
        }

        private synchronized LoraAdapter adapter(GenerationWork.Part part) {
            Opened opened = adapters.get(part.files());
            if (opened == null) {
                opened = new Opened(models.adapter(part.name(), part.files()));
                adapters.put(part.files(), opened);
            }
            opened.users++;
            closeUnusedAdapters();
            return opened.adapter;
        }

        private void closeUnusedAdapters() {
            for (Iterator<Opened> all = adapters.values().iterator(); adapters.size() > ADAPTERS && all.hasNext(); ) {
                Opened one = all.next();
                if (one.users > 0) continue;
                all.remove();
                one.adapter.close();
            }
        }

        private synchronized void release(List<Map<String, String>> files) {
            files.forEach(one -> adapters.get(one).users--);
        }

        private synchronized void close() {
            closeGenerator();
            adapters.values().forEach(opened -> opened.adapter.close());
        }
    }

    private static final class Opened {
        private final LoraAdapter adapter;
        private int users;

        Opened(LoraAdapter adapter) {
            this.adapter = adapter;
        }
    }

    /** Fails all requests that are being written. */
    @PreDestroy
    void close() {
        closing.close();
        List<Loaded> all;
        synchronized (loaded) {
            all = List.copyOf(loaded.values());
            loaded.clear();
        }
        all.forEach(Loaded::close);
    }
}
