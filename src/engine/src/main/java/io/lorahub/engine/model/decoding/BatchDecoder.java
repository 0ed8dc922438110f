package io.lorahub.engine.model.decoding;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.Torch;
import io.lorahub.engine.model.TorchProgram;
import io.lorahub.engine.model.family.Architecture;
import io.lorahub.engine.model.family.CausalConfig;
import io.lorahub.engine.model.family.ModelConfig;
import io.lorahub.engine.model.family.Rope;
import io.lorahub.engine.model.family.RopeAngles;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * Decodes texts together, token by token. Texts join and leave between two steps. Keys and values of all texts lie in one
 * cache, so a step is one call of the model's program. Either each text has its own mix of adapters, whose factors lie in
 * one stack, or all have the same mix of an {@link AdapterBank}, which then is added to the weights of a small model.
 *
 * <p>Texts whose mix replaces modules of the model take steps of their own. Prompts are read in pieces between the steps of
 * others, and what a text has in common with the beginning of an earlier one of the same mix is copied from it. The input
 * of an encoder-decoder model is read in one piece, because each token of it sees all others, together with those of
 * other texts.
 *
 * <p>Not for several threads at once.
 */
public final class BatchDecoder implements AutoCloseable {

    /** Number of common tokens from which copying them is worth while. */
    private static final int WORTH_COPYING = 16;

    /** Number of places that may be looked at in vain to compute texts of different lengths together. */
    private static final int PADDING = 256;

    /** Tokens of a prompt that are read in one step. */
    private record Segment(DecodedText text, int count) {
        boolean isLast() {
            return count == text.unread();
        }
    }

    private final PtNDManager manager;
    private final TorchProgram program;
    private final BaseModel base;
    private final ModelConfig config;
    private final DecoderWeights weights;
    /** What changes every text, in place of the stack. */
    private final Optional<IValue> fixed;

    private final int threads;
    private final ThreadChoice threadChoice;
    private final DecoderLimits limits;
    private final AdapterStack stack;
    private final CachePlaces places;
    /** For the inputs of an encoder-decoder model. */
    private final Optional<CachePlaces> inputPlaces;

    private final List<PtNDArray> caches = new ArrayList<>();
    private final IValue cacheList;
    private final List<DecodedText> texts = new ArrayList<>();
    /** Texts that have left, whose keys and values others can begin with. */
    private final Deque<DecodedText> left = new ArrayDeque<>();

    private int turn;

    /** For texts with mixes of their own. */
    public BatchDecoder(LanguageModel model, DecoderLimits limits) {
        this(model, limits, Optional.empty(), Optional.empty());
    }

    /** For texts that all have one mix of a bank, which must stay open. They join without a mix. */
    public BatchDecoder(LanguageModel model, AdapterBank bank, double[] mix, DecoderLimits limits) {
        this(model, limits, Optional.of(model.dictionary(bank, mix)), Optional.of(model.fixedChanges(bank, mix)));
    }

    private BatchDecoder(LanguageModel model, DecoderLimits limits, Optional<IValue> shared, Optional<IValue> fixed) {
        this.limits = limits;
        this.fixed = fixed;
        program = model.program();
        base = model.base();
        config = base.config();
        threads = model.threads();
        threadChoice = new ThreadChoice(threads);
        manager = model.newSubManager();
        places = new CachePlaces(limits.cacheTokens());
        boolean encodes = config.architecture() == Architecture.ENCODER_DECODER;
        inputPlaces = encodes ? Optional.of(new CachePlaces(limits.cacheTokens())) : Optional.empty();
        try {
            Torch.prepareThread(threads);
            caches.add(cache());
            if (encodes) caches.add(cache());
            cacheList = IValue.listFrom(caches.toArray(PtNDArray[]::new));
            stack = new AdapterStack(model, manager, limits.adapterBytes());
            weights = new DecoderWeights(model, manager, shared, limits.packedBytes());
        } catch (RuntimeException | Error e) {
            fixed.ifPresent(IValue::close);
            manager.close();
            throw e;
        }
    }

    private PtNDArray cache() {
        ModelConfig.KeysAndValues shape = config.keysAndValues();
        long[] sizes = {2L * shape.layers(), shape.heads(), places.size(), shape.width()};
        try (PtNDManager scope = (PtNDManager) manager.newSubManager();
                IValue all = IValue.from((PtNDArray) scope.create(sizes));
                IValue result = program.call("new_cache", all)) {
            return result.toTensorArray(manager)[0];
        }
    }

    /** Memory in bytes that decoding takes at most, besides the model's weights. */
    public static long memory(LanguageModel model, DecoderLimits limits) {
        ModelConfig config = model.config();
        int caches = config.architecture() == Architecture.ENCODER_DECODER ? 2 : 1;
        long cache = caches
                * config.keysAndValues().perToken()
                * limits.cacheTokens()
                * model.precision().bytes();
        long logits = 4L * limits.rows() * config.vocabulary() * Float.BYTES;
        long tokens = (long) limits.rows() + limits.chunk();
        long states = (long) config.activations((int) tokens, 0) / config.depth() * Float.BYTES;
        return cache + limits.adapterBytes() + DecoderWeights.packed(model, limits) + logits + states;
    }

    /** Throws EngineException if a text could not join even if there were no others. */
    public void requireRoom(int[] prompt, int maxTokens, List<MixedAdapter> mix) {
        if (prompt.length == 0) {
            throw new EngineException("The prompt has no tokens; the model needs some to continue.");
        }
        for (int id : prompt) {
            if (id < 0 || id >= config.vocabulary()) {
                throw new EngineException("The prompt has the token %d, but the model knows the tokens 0 to %d."
                        .formatted(id, config.vocabulary() - 1));
            }
        }
        OptionalInt context = config.context();
        if (context.isPresent() && prompt.length > context.getAsInt()) {
            throw new EngineException("The prompt has %,d tokens, but the model has positions for %,d. Shorten it."
                    .formatted(prompt.length, context.getAsInt()));
        }
        long needed = inputPlaces.isPresent()
                ? Math.max(prompt.length, maxTokens)
                : Math.min((long) prompt.length + maxTokens, longest()) - 1;
        if (!places.canHold(needed)) {
            throw new EngineException(
                    "The prompt has %,d tokens and the text gets up to %,d, but there is room for %,d in memory. Shorten the prompt, or ask for fewer tokens."
                            .formatted(prompt.length, maxTokens, places.size()));
        }
        stack.requireRoom(mix.stream().map(MixedAdapter::adapter).toList());
    }

    /** Number of tokens of the longest text; it does not read the last one that it writes. */
    private long longest() {
        OptionalInt positions = config.learnedPositions();
        return positions.isPresent() ? positions.getAsInt() + 1L : Integer.MAX_VALUE;
    }

    /**
     * Adds a text; empty if there is no room at the moment. Throws EngineException if it can't be computed.
     *
     * @param mix          adapters that fit the model, which must stay open until the text has left
     * @param kept         the modules that one of the adapters replaces
     * @param alternatives number of most probable tokens to report
     * @param wanted       the temperature of the outputs to report, see {@link DecodedText#outputs}; empty for none
     */
    public Optional<DecodedText> join(
            int[] prompt,
            int maxTokens,
            List<MixedAdapter> mix,
            KeptModules kept,
            int alternatives,
            OptionalDouble wanted,
            String owner) {
        if (texts.size() >= limits.rows()) return Optional.empty();
        Torch.prepareThread(threads);
        int[] beginning =
                inputPlaces.isPresent() ? new int[] {base.generation().start().orElseThrow()} : prompt;
        int longest = (int) Math.min((long) beginning.length + maxTokens, longest());
        Optional<CachePlaces.Range> own = take(longest - 1);
        if (own.isEmpty()) return Optional.empty();
        Optional<CachePlaces.Range> ofInput = inputPlaces.flatMap(all -> all.take(prompt.length));
        List<MixedAdapter> used = mix.stream().filter(part -> !part.isZero()).toList();
        List<MixedAdapter> taken = new ArrayList<>();
        boolean joins = false;
        try {
            if (ofInput.isEmpty() && inputPlaces.isPresent()) return Optional.empty();
            for (MixedAdapter part : used) {
                if (!stack.take(part.adapter())) return Optional.empty();
                taken.add(part);
            }
            clear(caches.get(0), own.get());
            ofInput.ifPresent(range -> clear(caches.get(1), range));
            Optional<LoraAdapter> replacing = weights.replacing(used, kept);
            DecodedText text = new DecodedText(
                    prompt,
                    beginning,
                    used,
                    replacing,
                    weights.take(replacing, kept),
                    alternatives,
                    wanted,
                    longest,
                    own.get(),
                    ofInput);
            text.owner = owner;
            texts.add(text);
            joins = true;
            return Optional.of(text);
        } finally {
            if (!joins) {
                taken.forEach(part -> stack.release(part.adapter()));
                places.free(own.get());
                ofInput.ifPresent(range -> inputPlaces.orElseThrow().free(range));
            }
        }
    }

    private void clear(PtNDArray cache, CachePlaces.Range range) {
        try (IValue all = IValue.from(cache);
                IValue first = IValue.from((long) range.first());
                IValue count = IValue.from((long) range.count())) {
            program.call("clear", all, first, count).close();
        }
    }

    /** Takes places for a text, if need be those of texts that have left. */
    private Optional<CachePlaces.Range> take(int count) {
        while (true) {
            Optional<CachePlaces.Range> range = places.take(count);
            if (range.isPresent() || left.isEmpty()) return range;
            places.free(left.removeFirst().places);
        }
    }

    /** Number of texts. */
    public int size() {
        return texts.size();
    }

    /** Number of places in the cache that belong to texts, and to those that have left and may be continued. */
    int placesTaken() {
        return places.taken() + inputPlaces.map(CachePlaces::taken).orElse(0);
    }

    /** Number of adapters in memory. */
    int adapters() {
        return stack.size();
    }

    /** Removes a text. */
    public void leave(DecodedText text) {
        texts.remove(text);
        text.mix.forEach(part -> stack.release(part.adapter()));
        text.inputPlaces.ifPresent(range -> inputPlaces.orElseThrow().free(range));
        boolean ofUse =
                inputPlaces.isEmpty() && text.replacing.isEmpty() && text.isFinite() && text.cached >= WORTH_COPYING;
        if (ofUse) left.addLast(text);
        else places.free(text.places);
        text.replacing.ifPresent(weights::release);
    }

    /**
     * Reads one token of each text, or a piece of its prompt, and returns the texts whose next token is known now. They
     * must be continued or leave before the next step. Texts whose weights of the model differ take turns.
     */
    public List<DecodedText> step() {
        Torch.prepareThread(threads);
        Set<IValue> kinds = Collections.newSetFromMap(new IdentityHashMap<>());
        List<IValue> order =
                texts.stream().map(text -> text.weights).filter(kinds::add).toList();
        if (order.isEmpty()) return List.of();
        IValue chosen = order.get(Math.floorMod(turn++, order.size()));
        List<DecodedText> group =
                texts.stream().filter(text -> text.weights == chosen).toList();
        try (PtNDManager scope = (PtNDManager) manager.newSubManager()) {
            return config instanceof CausalConfig causal
                    ? decoderOnly(causal, group, chosen, scope)
                    : encoderDecoder(group, chosen, scope);
        }
    }

    private List<DecodedText> decoderOnly(
            CausalConfig causal, List<DecodedText> group, IValue chosen, PtNDManager scope) {
        group.forEach(text -> recompute(causal, text));
        List<Segment> segments = new ArrayList<>();
        int room = limits.chunk();
        for (DecodedText text : group) {
            if (text.unread() == 1 || room == 0) continue;
            if (text.cached == 0 && waitsForBeginning(causal, text, group)) continue;
            if (text.unread() == 1) continue;
            Segment segment = new Segment(text, Math.min(room, text.unread()));
            segments.add(segment);
            room -= segment.count;
        }
        List<DecodedText> single = group.stream()
                .filter(text -> text.unread() == 1)
                .sorted(Comparator.<DecodedText>comparingInt(text -> text.places.stride())
                        .thenComparingInt(text -> text.places.first()))
                .toList();
        List<DecodedText> scored = new ArrayList<>(single);
        segments.stream().filter(Segment::isLast).map(Segment::text).forEach(scored::add);
        int tokens = single.size() + segments.stream().mapToInt(Segment::count).sum();
        List<DecodedText> wanted =
                scored.stream().filter(text -> text.wanted.isPresent()).toList();
        int top = scored.stream().mapToInt(text -> text.alternatives).max().orElse(0);

        StepPlan plan = new StepPlan();
        plan.part(single, stack, 0, single.size());
        int at = single.size();
        for (Segment segment : segments) {
            plan.part(List.of(segment.text), stack, at, segment.count);
            at += segment.count;
        }
        int low = stack.low(scored);
        int high = stack.high(scored);
        List<long[]> runs = runs(single, text -> text.places, DecodedText::length);
        plan.plan(tokens, scored.size(), wanted.size(), top, plan.parts(), low, high, runs.size(), segments.size());
        plan.planParts();
        runs.forEach(plan::plan);
        at = single.size();
        for (Segment segment : segments) {
            plan.plan(at, segment.count, segment.text.places.first(), segment.text.cached);
            at += segment.count;
        }
        for (Rope rope : causal.ropes()) plan.plan(rope.pairs());

        List<Segment> all = new ArrayList<>();
        single.forEach(text -> all.add(new Segment(text, 1)));
        all.addAll(segments);
        forEachToken(all, (text, position) -> plan.number(text.tokenAt(position)));
        forEachToken(all, (text, position) -> plan.number(position));
        forEachToken(all, (text, position) -> plan.number(text.places.first() + position));
        for (int i = 0; i < single.size(); i++) plan.number(i);
        at = single.size();
        for (Segment segment : segments) {
            at += segment.count;
            if (segment.isLast()) plan.number(at - 1);
        }
        for (DecodedText text : wanted) plan.number(scored.indexOf(text));

        if (plan.parts() > 0 && scored.size() < tokens) plan.coefficients(scored, stack, low, high);
        for (Rope rope : causal.ropes()) {
            RopeAngles angles = new RopeAngles(rope, tokens);
            forEachToken(all, (text, position) -> angles.add(position, text.length()));
            plan.floats(angles.cos());
            plan.floats(angles.sin());
        }
        for (DecodedText text : wanted) plan.floats(new float[] {(float) text.wanted.getAsDouble()});
        try (IValue result = step(plan, tokens, scope, chosen)) {
            if (!scored.isEmpty()) setOutcomes(result, scope, scored, wanted, top);
        }
        for (Segment segment : all) {
            segment.text.cached += segment.count;
            segment.text.lengthWhenRead = segment.text.length();
        }
        return scored;
    }

    private IValue step(StepPlan plan, int tokens, PtNDManager scope, IValue chosen) {
        int number = fixed.isPresent() ? threads : threadChoice.next(tokens);
        Torch.prepareThread(number);
        long start = System.nanoTime();
        IValue result = plan.call(program, "step", scope, chosen, changes(), cacheList);
        threadChoice.took(tokens, number, System.nanoTime() - start);
        Torch.prepareThread(threads);
        return result;
    }

    private IValue changes() {
        return fixed.orElseGet(stack::dictionary);
    }

    /** Something to do with a token of a text. */
    private interface TokenAction {
        void accept(DecodedText text, int position);
    }

    private static void forEachToken(List<Segment> segments, TokenAction action) {
        for (Segment segment : segments) {
            for (int i = 0; i < segment.count; i++) action.accept(segment.text, segment.text.cached + i);
        }
    }

    /** Begins again with a text that has become so long that the positions of its first tokens are computed otherwise. */
    private static void recompute(CausalConfig causal, DecodedText text) {
        OptionalInt longest = causal.turningPoint();
        if (longest.isPresent() && text.length() > longest.getAsInt() && text.lengthWhenRead <= longest.getAsInt()) {
            text.cached = 0;
        }
    }

    /**
     * Copies what the text has in common with the beginning of another one of the same mix. Returns whether it is better to
     * wait because an earlier text is about to read more of it.
     */
    private boolean waitsForBeginning(CausalConfig causal, DecodedText text, List<DecodedText> group) {
        if (!canShare(causal, text, text.length())) return false;
        DecodedText best = null;
        int most = WORTH_COPYING - 1;
        boolean isEarlier = true;
        for (DecodedText other : group) {
            if (other == text) {
                isEarlier = false;
            } else if (other.canShareWith(text) && canShare(causal, other, other.lengthWhenRead)) {
                int common = text.common(other, text.length() - 1);
                if (isEarlier && common > most && other.unread() > 1 && other.cached < common) return true;
                int ready = Math.min(common, other.cached);
                if (ready > most) {
                    most = ready;
                    best = other;
                }
            }
        }
        for (DecodedText other : left) {
            if (!other.canShareWith(text) || !canShare(causal, other, other.lengthWhenRead)) continue;
            int ready = text.common(other, Math.min(text.length() - 1, other.cached));
            if (ready > most) {
                most = ready;
                best = other;
            }
        }
        if (best == null) return false;
        try (IValue from = IValue.from((long) best.places.first());
                IValue to = IValue.from((long) text.places.first());
                IValue count = IValue.from((long) most);
                IValue cache = IValue.from(caches.get(0))) {
            program.call("copy_cached", cache, from, to, count).close();
        }
        text.cached = most;
        text.reused = most;
        text.lengthWhenRead = text.length();
        // the one that was of use is removed last
        if (left.remove(best)) left.addLast(best);
        return false;
    }

    /** Whether the positions of the first tokens are those of any text, at this length. */
    private static boolean canShare(CausalConfig causal, DecodedText text, int length) {
        return causal.ropes().stream().noneMatch(rope -> rope.dependsOnLength() && length > rope.context());
    }

    private List<DecodedText> encoderDecoder(List<DecodedText> group, IValue chosen, PtNDManager scope) {
        readInputs(group, chosen, scope);
        List<DecodedText> ready = group.stream()
                .filter(text -> text.isInputRead)
                .sorted(Comparator.<DecodedText>comparingInt(text -> text.places.stride())
                        .thenComparingInt(text -> text.places.first()))
                .toList();
        List<DecodedText> wanted =
                ready.stream().filter(text -> text.wanted.isPresent()).toList();
        int top = ready.stream().mapToInt(text -> text.alternatives).max().orElse(0);
        StepPlan plan = new StepPlan();
        plan.part(ready, stack, 0, ready.size());
        List<long[]> runs = runs(ready, text -> text.places, DecodedText::length);
        List<long[]> inputs = runs(ready, text -> text.inputPlaces.orElseThrow(), text -> text.input.length);
        plan.plan(ready.size(), wanted.size(), top, plan.parts(), runs.size(), inputs.size());
        plan.planParts();
        runs.forEach(plan::plan);
        inputs.forEach(plan::plan);
        for (DecodedText text : ready) plan.number(text.tokenAt(text.cached));
        for (DecodedText text : ready) plan.number(text.cached);
        for (DecodedText text : ready) plan.number(text.places.first() + text.cached);
        for (DecodedText text : ready) plan.number(text.input.length);
        for (DecodedText text : ready)
            plan.number(text.inputPlaces.orElseThrow().first());
        for (DecodedText text : wanted) plan.number(ready.indexOf(text));
        for (DecodedText text : wanted) plan.floats(new float[] {(float) text.wanted.getAsDouble()});
        try (IValue result = step(plan, ready.size(), scope, chosen)) {
            setOutcomes(result, scope, ready, wanted, top);
        }
        ready.forEach(text -> text.cached++);
        return ready;
    }

    /** Reads inputs up to a chunk of tokens, but at least one. */
    private void readInputs(List<DecodedText> group, IValue chosen, PtNDManager scope) {
        List<DecodedText> unread = new ArrayList<>();
        int tokens = 0;
        for (DecodedText text : group) {
            if (text.isInputRead || tokens > 0 && tokens + text.input.length > limits.chunk()) continue;
            unread.add(text);
            tokens += text.input.length;
        }
        if (unread.isEmpty()) return;
        unread.sort(Comparator.comparingInt(text -> text.input.length));
        StepPlan plan = new StepPlan();
        List<int[]> lengths = new ArrayList<>();
        int at = 0;
        for (DecodedText text : unread) {
            int length = text.input.length;
            plan.part(List.of(text), stack, at, length);
            at += length;
            int[] last = lengths.isEmpty() ? null : lengths.get(lengths.size() - 1);
            if (last != null && last[1] == length) last[0]++;
            else lengths.add(new int[] {1, length});
        }
        plan.plan(tokens, plan.parts(), lengths.size());
        plan.planParts();
        lengths.forEach(length -> plan.plan(length[0], length[1]));
        for (DecodedText text : unread) for (int id : text.input) plan.number(id);
        for (DecodedText text : unread) {
            int first = text.inputPlaces.orElseThrow().first();
            for (int i = 0; i < text.input.length; i++) plan.number(first + i);
            text.isInputRead = true;
        }
        plan.call(program, "read_inputs", scope, chosen, changes(), cacheList).close();
    }

    /**
     * Texts whose places lie evenly apart: first text, how many, distance, first place, number of places to look at of each,
     * and how many texts there would be if none had left.
     */
    private static List<long[]> runs(
            List<DecodedText> ordered,
            Function<DecodedText, CachePlaces.Range> range,
            ToIntFunction<DecodedText> length) {
        List<long[]> runs = new ArrayList<>();
        long sum = 0;
        long smallest = 0;
        for (int i = 0; i < ordered.size(); i++) {
            CachePlaces.Range own = range.apply(ordered.get(i));
            int needed = length.applyAsInt(ordered.get(i));
            long[] last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            long slot = last == null || last[2] != own.stride() ? -1 : (own.first() - last[3]) / own.stride();
            long longest = last == null ? needed : Math.max(last[4], needed);
            // all are read at the length of the longest, and none may read another's places: what is masked there still
            // counts if it isn't finite
            if (last != null
                    && slot >= last[5]
                    && longest <= Math.min(smallest, own.count())
                    && (slot + 1) * longest - (sum + needed) <= PADDING) {
                last[1]++;
                last[4] = longest;
                last[5] = slot + 1;
                sum += needed;
                smallest = Math.min(smallest, own.count());
            } else {
                runs.add(new long[] {i, 1, own.stride(), own.first(), needed, 1});
                sum = needed;
                smallest = own.count();
            }
        }
        return runs;
    }

    private void setOutcomes(
            IValue result, PtNDManager scope, List<DecodedText> scored, List<DecodedText> wanted, int top) {
        PtNDArray[] arrays = result.toTensorArray(scope);
        float[] columns = arrays[0].toFloatArray();
        float[] outputs = wanted.isEmpty() ? new float[0] : arrays[1].toFloatArray();
        int width = 4 + 2 * top;
        int row = 0;
        for (int i = 0; i < scored.size(); i++) {
            DecodedText text = scored.get(i);
            text.setOutcome(columns, i * width, top, outputs, row * config.vocabulary(), config.vocabulary());
            if (text.wanted.isPresent()) row++;
        }
    }

    /** All texts must have left. */
    @Override
    public void close() {
        weights.close();
        fixed.ifPresent(IValue::close);
        stack.close();
        cacheList.close();
        manager.close();
    }
}
