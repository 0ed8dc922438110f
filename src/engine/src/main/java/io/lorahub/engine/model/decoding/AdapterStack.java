package io.lorahub.engine.model.decoding;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.model.TorchProgram;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * The stacked factors of the adapters that texts use at the moment: as in {@link AdapterBank}, but adapters come and go.
 * An adapter that no text uses any more stays until others need the room. Adapters are the same if they are the same
 * object.
 */
final class AdapterStack implements AutoCloseable {

    /** Rows of an adapter, from low (inclusive) to high (exclusive), the same in all modules. */
    private static final class Entry {
        final LoraAdapter adapter;
        final int rank;
        int low;
        int users;
        long used;

        Entry(LoraAdapter adapter) {
            this.adapter = adapter;
            rank = rank(adapter);
        }
    }

    private final LanguageModel model;
    private final PtNDManager manager;
    private final TorchProgram program;
    private final Precision precision;
    private final long bytes;
    private final ToIntFunction<String> groupOf;
    private final Map<LoraAdapter, Entry> entries = new IdentityHashMap<>();
    private final Map<String, PtNDArray> tensors = new LinkedHashMap<>();
    private final Map<String, PtNDArray> groups = new HashMap<>();
    private IValue dictionary;
    private int capacity;
    private long clock;

    /** @param bytes memory for the factors */
    AdapterStack(LanguageModel model, PtNDManager parent, long bytes) {
        this.model = model;
        this.bytes = bytes;
        program = model.program();
        precision = model.decodingFactors();
        groupOf = LayerGroups.THIRDS.of(model.config());
        manager = (PtNDManager) parent.newSubManager();
        index();
    }

    private static int rank(LoraAdapter adapter) {
        return Math.max(
                1,
                adapter.modules().values().stream()
                        .mapToInt(LoraModule::rank)
                        .max()
                        .orElse(0));
    }

    /** The widths of the tensors that adapters need, by key. */
    private static Map<String, Integer> widths(Iterable<LoraAdapter> adapters) {
        Map<String, Integer> widths = new TreeMap<>();
        for (LoraAdapter adapter : adapters) {
            adapter.modules().forEach((name, module) -> {
                widths.put(name + ".a", module.in());
                widths.put(name + ".b", module.out());
                if (module.bias().isPresent()) widths.put(name + ".bias", module.out());
            });
        }
        return widths;
    }

    private long rows(Map<String, Integer> widths) {
        long width = widths.values().stream().mapToLong(Integer::longValue).sum();
        return width == 0 ? Integer.MAX_VALUE : bytes / (width * precision.bytes());
    }

    /** Throws EngineException if the adapters have no room even without any others. */
    void requireRoom(List<LoraAdapter> adapters) {
        Set<LoraAdapter> different = Collections.newSetFromMap(new IdentityHashMap<>());
        different.addAll(adapters);
        long needed = different.stream().mapToInt(AdapterStack::rank).sum();
        if (needed > rows(widths(adapters))) {
            throw new EngineException(
                    "The adapters of this text need more memory than the %d MB that there are for adapters; use fewer or smaller ones."
                            .formatted(bytes / 1_000_000));
        }
    }

    /**
     * Holds an adapter for one more text. Returns false if there is no room beside those that texts use. Throws
     * EngineException if its factors are too large to compute with.
     */
    boolean take(LoraAdapter adapter) {
        Entry entry = entries.get(adapter);
        if (entry == null) {
            entry = new Entry(adapter);
            if (!makeRoom(entry)) return false;
            load(entry);
        }
        entry.users++;
        entry.used = clock++;
        return true;
    }

    void release(LoraAdapter adapter) {
        entries.get(adapter).users--;
    }

    /** Finds the rows of a new adapter. */
    private boolean makeRoom(Entry entry) {
        while (true) {
            List<LoraAdapter> all = new ArrayList<>(entries.keySet());
            all.add(entry.adapter);
            Map<String, Integer> widths = widths(all);
            long most = rows(widths);
            int used = entries.values().stream().mapToInt(e -> e.rank).sum();
            if (used + entry.rank <= most) {
                Optional<Integer> gap = gap(entry.rank);
                if (gap.isPresent() && tensors.keySet().containsAll(widths.keySet())) {
                    entry.low = gap.get();
                } else {
                    rearrange(widths, (int) Math.min(most, Math.max(used + entry.rank, used * 2L)));
                    entry.low = used;
                }
                return true;
            }
            Optional<Entry> oldest =
                    entries.values().stream().filter(e -> e.users == 0).min(Comparator.comparingLong(e -> e.used));
            if (oldest.isEmpty()) return false;
            entries.remove(oldest.get().adapter);
        }
    }

    /** The first row of a free range. */
    private Optional<Integer> gap(int rank) {
        int first = 0;
        for (Entry entry : inOrder()) {
            if (entry.low - first >= rank) return Optional.of(first);
            first = entry.low + entry.rank;
        }
        return capacity - first >= rank ? Optional.of(first) : Optional.empty();
    }

    private List<Entry> inOrder() {
        return entries.values().stream()
                .sorted(Comparator.comparingInt(entry -> entry.low))
                .toList();
    }

    /**
     * Moves all adapters to the first rows of new tensors, one module after the other. An error half way would leave wrong
     * factors, so it ends the use of all of them.
     */
    private void rearrange(Map<String, Integer> widths, int rows) {
        List<Entry> order = inOrder();
        long[] moves = new long[3 * order.size()];
        int low = 0;
        for (int i = 0; i < order.size(); i++) {
            moves[3 * i] = order.get(i).low;
            moves[3 * i + 1] = low;
            moves[3 * i + 2] = order.get(i).rank;
            low += order.get(i).rank;
        }
        Map<String, PtNDArray> old = new LinkedHashMap<>(tensors);
        old.keySet().removeAll(widths.keySet());
        old.forEach((key, tensor) -> {
            tensors.remove(key);
            tensor.close();
        });
        boolean[] changed = {!old.isEmpty()};
        try (PtNDManager scope = (PtNDManager) manager.newSubManager();
                IValue count = IValue.from((long) rows);
                IValue moved = IValue.listFrom(moves);
                IValue like = IValue.from((PtNDArray) scope.create(0f))) {
            widths.forEach((key, width) -> {
                PtNDArray before = tensors.get(key);
                try (IValue from = before == null ? IValue.listFrom(new PtNDArray[0]) : IValue.listFrom(before);
                        IValue wide = IValue.from((long) width);
                        IValue stacked = program.call("stacked", from, count, wide, moved, like)) {
                    tensors.put(key, stacked.toTensor(manager));
                }
                changed[0] = true;
                if (before != null) before.close();
            });
        } catch (RuntimeException e) {
            if (!changed[0]) throw e;
            throw new Error("The factors of the adapters in use were lost.", e);
        }
        low = 0;
        for (Entry entry : order) {
            entry.low = low;
            low += entry.rank;
        }
        capacity = rows;
        index();
    }

    private void index() {
        if (dictionary != null) dictionary.close();
        Map<String, PtNDArray> all = new HashMap<>(tensors);
        for (String key : tensors.keySet()) {
            if (!key.endsWith(".a")) continue;
            String module = key.substring(0, key.length() - 2);
            int group = groupOf.applyAsInt(module);
            // the number of a module's group is the size of a tensor, see lora.py
            if (group > 0) {
                all.put(module + ".group", groups.computeIfAbsent(module, m ->
                        (PtNDArray) manager.zeros(new Shape(group, 0))));
            }
        }
        dictionary = IValue.stringMapFrom(all);
    }

    private void load(Entry entry) {
        if (!entry.adapter.modules().isEmpty()) {
            try (AdapterBank bank = model.bank(List.of(entry.adapter), ComposedWeights.EXACT)) {
                if (!place(bank.dictionary(), entry)) {
                    try (IValue nothing = IValue.stringMapFrom(Map.of())) {
                        place(nothing, entry);
                    }
                    throw new EngineException(
                            "The factors of the adapter %s are too large to compute with; it can't be used beside others."
                                    .formatted(entry.adapter.name()));
                }
            }
        }
        entries.put(entry.adapter, entry);
    }

    /** Returns whether what the factors make of another text, times 0, is 0. */
    private boolean place(IValue factors, Entry entry) {
        try (PtNDManager scope = (PtNDManager) manager.newSubManager();
                IValue first = IValue.from((long) entry.low);
                IValue rows = IValue.from((long) entry.rank);
                IValue usable = program.call("place", dictionary, factors, first, rows)) {
            return usable.toTensor(scope).getFloat() != 0;
        }
    }

    /** The first row of an adapter that a text uses. */
    int low(LoraAdapter adapter) {
        return entries.get(adapter).low;
    }

    /** The row behind its last one. */
    int high(LoraAdapter adapter) {
        Entry entry = entries.get(adapter);
        return entry.low + entry.rank;
    }

    /** The first row of the adapters that texts use. */
    int low(List<DecodedText> texts) {
        return texts.stream()
                .flatMap(text -> text.mix.stream())
                .mapToInt(part -> low(part.adapter()))
                .min()
                .orElse(0);
    }

    /** The row behind the last one. */
    int high(List<DecodedText> texts) {
        return texts.stream()
                .flatMap(text -> text.mix.stream())
                .mapToInt(part -> high(part.adapter()))
                .max()
                .orElse(0);
    }

    /** The stacked factors for the program. */
    IValue dictionary() {
        return dictionary;
    }

    /** Number of adapters, those included that no text uses any more. */
    int size() {
        return entries.size();
    }

    @Override
    public void close() {
        dictionary.close();
        manager.close();
    }
}
