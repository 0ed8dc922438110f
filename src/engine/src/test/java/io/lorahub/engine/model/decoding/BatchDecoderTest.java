package io.lorahub.engine.model.decoding;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LoadedModel;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.AdapterBank;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.engine.model.Precision;
import io.lorahub.engine.model.family.CausalConfig;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.engine.tokenizer.Tokenizer;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that are decoded together, while others join and leave, are those that each mix writes alone. */
class BatchDecoderTest {

    private static final DecoderLimits LIMITS = new DecoderLimits(6, 2048, 50_000_000, 9);
    private static final int TOKENS = 24;

    @TempDir
    Path temporary;

    /** A text to decode. */
    private record Request(int[] prompt, int tokens, List<MixedAdapter> mix, KeptModules kept, String owner) {
        Request(int[] prompt, int tokens, List<MixedAdapter> mix, KeptModules kept) {
            this(prompt, tokens, mix, kept, "");
        }

        static Request of(int[] prompt, MixedAdapter... mix) {
            return new Request(prompt, TOKENS, List.of(mix), KeptModules.NONE, "");
        }

        Request by(String name) {
            return new Request(prompt, tokens, mix, kept, name);
        }
    }

    private static final class Decoded {
        final List<Integer> ids = new ArrayList<>();
        final List<Double> logProbabilities = new ArrayList<>();
        /** How much more probable each token was than the next best. */
        final List<Double> leads = new ArrayList<>();

        int reused;

        void requireTokens(int[] expected, String as) {
            int mismatch = Arrays.mismatch(tokens(), expected);
            // two tokens of the same probability: what is rounded otherwise in a batch decides
            if (mismatch >= 0 && mismatch < leads.size() && leads.get(mismatch) < 1e-6) return;
            assertThat(tokens()).as(as).isEqualTo(expected);
        }

        int[] tokens() {
            return ids.stream().mapToInt(i -> i).toArray();
        }
    }

    /** Decodes all, each of which joins at another step than the others. */
    private static List<Decoded> decode(BatchDecoder decoder, BaseModel base, List<Request> requests) {
        return decode(decoder, base, requests, List.of());
    }

    /** @param others texts that are decoded, too, whatever comes of them */
    private static List<Decoded> decode(
            BatchDecoder decoder, BaseModel base, List<Request> requests, List<DecodedText> others) {
        List<Decoded> all = new ArrayList<>();
        Map<DecodedText, Decoded> running = new LinkedHashMap<>();
        while (all.size() < requests.size() || !running.isEmpty()) {
            if (all.size() < requests.size()) {
                Request next = requests.get(all.size());
                decoder.requireRoom(next.prompt, next.tokens, next.mix);
                Optional<DecodedText> joined = decoder.join(
                        next.prompt, next.tokens, next.mix, next.kept, 2, OptionalDouble.empty(), next.owner);
                joined.ifPresent(text -> {
                    all.add(new Decoded());
                    running.put(text, all.get(all.size() - 1));
                });
            }
            for (DecodedText text : others) if (text.unread() == 0) text.append(7);
            for (DecodedText text : decoder.step()) {
                if (others.contains(text)) continue;
                Decoded decoded = running.get(text);
                assertThat(text.isFinite()).isTrue();
                int id = text.mostProbable();
                assertThat(text.alternativeLogProbabilities()[0]).isEqualTo(text.logProbability(id));
                assertThat(text.alternativeLogProbabilities()[1]).isLessThanOrEqualTo(text.logProbability(id));
                decoded.leads.add(text.logProbability(id) - text.alternativeLogProbabilities()[1]);
                boolean ends = base.generation().ends().contains(id);
                if (!ends) {
                    decoded.ids.add(id);
                    decoded.logProbabilities.add(text.logProbability(id));
                    text.append(id);
                }
                if (ends || text.isFull()) {
                    decoded.reused = text.reused;
                    decoder.leave(text);
                    running.remove(text);
                }
            }
        }
        return all;
    }

    static Stream<String> models() {
        return Stream.of("causal", "causal-more")
                .flatMap(set ->
                        names(Reference.json(set + ".json").get("models")).map(name -> set + "/" + name));
    }

    private static Stream<String> names(JsonNode objects) {
        Iterable<String> names = objects::fieldNames;
        return StreamSupport.stream(names.spliterator(), false);
    }

    private static List<int[]> prompts(String set, String name) {
        JsonNode model = Reference.json(set + ".json").get("models").get(name);
        List<int[]> prompts = new ArrayList<>();
        if (set.equals("causal"))
            model.get("prompts").forEach(p -> prompts.add(ids(p.get("plain").get("prompt"))));
        else model.get("examples").forEach(rows -> rows.forEach(row -> prompts.add(ids(row.get("prompt")))));
        return prompts;
    }

    private static int[] ids(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }

    @ParameterizedTest
    @MethodSource("models")
    void texts_of_a_decoder_only_model(String which) {
        String set = which.substring(0, which.indexOf('/'));
        String name = which.substring(set.length() + 1);
        Path folder = Reference.path(set + "/models/" + name);
        List<LoraAdapter> adapters = LoraAdapter.loadAll(Reference.path(set + "/adapters/" + name));
        try (BaseModel base = BaseModel.open(folder)) {
            compare(base, adapters, prompts(set, name));
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    /** As of a model whose layers take more than the memory for packed weights. */
    @ParameterizedTest
    @MethodSource("models")
    void texts_of_a_model_of_which_only_some_layers_are_packed(String which) {
        String set = which.substring(0, which.indexOf('/'));
        String name = which.substring(set.length() + 1);
        List<LoraAdapter> adapters = LoraAdapter.loadAll(Reference.path(set + "/adapters/" + name));
        try (BaseModel base = BaseModel.open(Reference.path(set + "/models/" + name))) {
            long joined = base.config().joins().stream()
                    .flatMap(List::stream)
                    .map(base.config().modules()::get)
                    .mapToLong(shape -> shape[0] * shape[1] * Precision.FLOAT32.bytes())
                    .sum();
            DecoderLimits limits = new DecoderLimits(6, 2048, 50_000_000, joined / 2, 9);
            compare(base, adapters, prompts(set, name).subList(0, 2), limits);
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    static Stream<String> encoderDecoders() {
        return names(Reference.json("peft.json").get("models"));
    }

    @ParameterizedTest
    @MethodSource("encoderDecoders")
    void texts_of_an_encoder_decoder_model(String name) {
        Path folder = Reference.path("models/" + name);
        List<LoraAdapter> adapters = (name.equals("t5-v1.1-gated")
                        ? Stream.of("plain-a", "all-linear", "other-modules", "lora-bias", "rslora")
                        : Stream.of("plain-a", "plain-b"))
                .map(adapter -> LoraAdapter.load(Reference.path("adapters/" + adapter)))
                .toList();
        try (BaseModel base = BaseModel.open(folder);
                Tokenizer tokenizer = Tokenizer.open(folder)) {
            compare(
                    base,
                    adapters,
                    Reference.texts(Reference.json("peft.json").get("inputs")).stream()
                            .map(tokenizer::encode)
                            .toList());
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    /** So that their places in the cache of inputs are in another order than those in the decoder's. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void texts_of_an_encoder_decoder_model_of_different_lengths(long seed) {
        Random random = new Random(seed);
        try (BaseModel base = BaseModel.open(Reference.demoHub("base"));
                LoraAdapter un = LoraAdapter.load(Reference.demoHub("adapters/un"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                AdapterBank bank = model.bank(List.of(un), ComposedWeights.EXACT);
                BatchDecoder decoder = new BatchDecoder(model, new DecoderLimits(16, 2048, 50_000_000, 64))) {
            List<Request> requests = new ArrayList<>();
            List<int[]> expected = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                int[] prompt = random.ints(
                                1 + random.nextInt(70), 3, base.config().vocabulary())
                        .toArray();
                int tokens = 1 + random.nextInt(70);
                int weight = random.nextInt(2);
                List<MixedAdapter> mix = weight == 0 ? List.of() : List.of(MixedAdapter.of(un, 1));
                requests.add(new Request(prompt, tokens, mix, KeptModules.NONE));
                expected.add(GreedyTexts.write(model, bank, new double[] {weight}, List.of(prompt), tokens)
                        .get(0));
            }

            List<Decoded> texts = decode(decoder, base, requests);

            for (int i = 0; i < texts.size(); i++) texts.get(i).requireTokens(expected.get(i), "text " + i);
        }
    }

    @Test
    void texts_of_adapters_with_a_bias() {
        List<LoraAdapter> adapters = Stream.of("lora-bias", "all-linear", "rslora")
                .map(name -> LoraAdapter.load(Reference.path("causal-saved/" + name)))
                .toList();
        String name = Reference.json("causal-saved.json")
                .get("adapters")
                .get("lora-bias")
                .get("base")
                .asText();
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/" + name))) {
            compare(base, adapters, prompts("causal", name));
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    /** These are computed adapter by adapter. */
    @Test
    void texts_of_adapters_of_the_same_high_rank() {
        List<LoraAdapter> adapters = IntStream.range(0, 6)
                .mapToObj(i -> {
                    AdapterBuilder builder = anAdapter()
                            .adapting(
                                    "model.layers.0.self_attn.q_proj",
                                    "model.layers.1.self_attn.o_proj",
                                    i % 2 == 0 ? "model.layers.2.self_attn.q_proj" : "model.layers.2.self_attn.o_proj")
                            .ofShape(48, 48)
                            .ofRank(32)
                            .seeded(i)
                            .withAlpha(0.5);
                    return (i == 4 ? builder.withBiases() : builder).loadedFrom(temporary, "high-" + i);
                })
                .toList();
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/llama"))) {
            compare(base, adapters, prompts("causal", "llama"));
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    /** The base model, each adapter alone, a mix, and one with thirds, for all prompts. */
    private static void compare(BaseModel base, List<LoraAdapter> adapters, List<int[]> prompts) {
        compare(base, adapters, prompts, LIMITS);
    }

    private static void compare(BaseModel base, List<LoraAdapter> adapters, List<int[]> prompts, DecoderLimits limits) {
        int n = adapters.size();
        List<double[]> vectors = new ArrayList<>();
        vectors.add(new double[3 * n]);
        for (int i = 0; i < n; i++) {
            double[] alone = new double[3 * n];
            Arrays.fill(alone, 3 * i, 3 * i + 3, 1);
            vectors.add(alone);
        }
        double[] mix = new double[3 * n];
        double[] thirds = new double[3 * n];
        for (int i = 0; i < 3 * n; i++) {
            mix[i] = 0.9 - 0.5 * (i / 3);
            thirds[i] = 0.8 - 0.35 * i;
        }
        vectors.add(mix);
        vectors.add(thirds);
        try (LanguageModel model = LanguageModel.load(base, Compute.cpu());
                AdapterBank bank = model.bank(adapters, ComposedWeights.EXACT);
                BatchDecoder decoder = new BatchDecoder(model, limits)) {
            model.setGroups(bank, LayerGroups.THIRDS);
            List<Request> requests = new ArrayList<>();
            List<int[]> expected = new ArrayList<>();
            List<double[]> used = new ArrayList<>();
            List<List<int[]>> alone = vectors.stream()
                    .map(vector -> GreedyTexts.write(model, bank, vector, prompts, TOKENS))
                    .toList();
            // neighbours have different mixes
            for (int p = 0; p < prompts.size(); p++) {
                for (int v = 0; v < vectors.size(); v++) {
                    double[] vector = vectors.get(v);
                    List<MixedAdapter> parts = new ArrayList<>();
                    for (int i = 0; i < n; i++) {
                        parts.add(MixedAdapter.ofThirds(
                                adapters.get(i), vector[3 * i], vector[3 * i + 1], vector[3 * i + 2]));
                    }
                    requests.add(Request.of(prompts.get(p), parts.toArray(MixedAdapter[]::new)));
                    used.add(vector);
                    expected.add(alone.get(v).get(p));
                }
            }

            List<Decoded> texts = decode(decoder, base, requests);

            for (int i = 0; i < texts.size(); i++) {
                texts.get(i).requireTokens(expected.get(i), "text " + i);
                logProbabilities(model, bank, used.get(i), requests.get(i).prompt, texts.get(i));
            }
            assertThat(decoder.size()).isZero();
        }
    }

    private static void logProbabilities(
            LanguageModel model, AdapterBank bank, double[] vector, int[] prompt, Decoded text) {
        ScoredLosses losses = ScoredLosses.of(model, bank, vector, prompt, text.tokens());
        for (int t = 0; t < losses.values.length; t++) {
            assertThat(-text.logProbabilities.get(t))
                    .as("token %d", t)
                    .isCloseTo(losses.values[t], within(1e-4f * Math.max(1, losses.values[t])));
        }
    }

    /** Losses of a text as the scorer computes them; none where a length changes how earlier positions are computed. */
    private record ScoredLosses(double[] values) {
        static ScoredLosses of(LanguageModel model, AdapterBank bank, double[] vector, int[] prompt, int[] text) {
            boolean fits = model.config().context().orElse(Integer.MAX_VALUE) >= prompt.length + text.length
                    && !(model.config() instanceof CausalConfig causal
                            && causal.ropes().stream()
                                    .anyMatch(rope ->
                                            rope.dependsOnLength() && prompt.length + text.length > rope.context()));
            if (text.length == 0 || !fits) return new ScoredLosses(new double[0]);
            try (Examples examples = model.examples(List.of(prompt), List.of(text))) {
                float[] losses =
                        model.tokenLosses(bank, examples, List.of(vector)).get(0);
                return new ScoredLosses(IntStream.range(0, losses.length)
                        .mapToDouble(i -> losses[i])
                        .toArray());
            }
        }
    }

    /** A single loss says little in such a small model: rounding has changed one by 1.3, and so has a weight of 0.999. */
    @Test
    void texts_in_bfloat16_have_about_the_losses_of_the_scorer() {
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/llama"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu().with(Precision.BFLOAT16));
                LoraAdapter adapter = LoraAdapter.load(Reference.path("causal/adapters/llama/b"));
                AdapterBank bank = model.bank(List.of(adapter), ComposedWeights.EXACT);
                BatchDecoder decoder = new BatchDecoder(model, LIMITS)) {
            List<int[]> prompts = prompts("causal", "llama");
            List<Request> requests = prompts.stream()
                    .map(prompt -> Request.of(prompt, MixedAdapter.of(adapter, 1)))
                    .toList();
            List<Decoded> texts = decode(decoder, base, requests);
            DoubleSummaryStatistics differences = new DoubleSummaryStatistics();
            for (int i = 0; i < texts.size(); i++) {
                ScoredLosses losses = ScoredLosses.of(
                        model,
                        bank,
                        new double[] {1},
                        prompts.get(i),
                        texts.get(i).tokens());
                assertThat(losses.values).isNotEmpty();
                for (int t = 0; t < losses.values.length; t++) {
                    differences.accept(Math.abs(-texts.get(i).logProbabilities.get(t) - losses.values[t]));
                }
            }
            assertThat(differences.getAverage()).isLessThan(0.06);
        }
    }

    /** Places that a text has left may hold anything. */
    @Test
    void what_a_broken_text_leaves_behind_does_not_reach_others() {
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/llama"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                LoraAdapter adapter = onValues();
                BatchDecoder decoder = new BatchDecoder(model, new DecoderLimits(4, 256, 10_000_000, 64))) {
            int[] prompt = {3, 4, 5, 6};
            List<Decoded> sound = decode(decoder, base, List.of(Request.of(prompt), Request.of(new int[] {9, 8})));
            List<DecodedText> broken = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                broken.add(joinBroken(decoder, adapter, prompt, TOKENS));
            }
            decoder.step();
            assertThat(broken).noneMatch(DecodedText::isFinite);
            // beside them, and in their places
            decoder.leave(broken.remove(0));
            Decoded beside =
                    decode(decoder, base, List.of(Request.of(prompt)), broken).get(0);
            assertThat(beside.tokens()).isEqualTo(sound.get(0).tokens());
            broken.forEach(decoder::leave);
            assertThat(decode(decoder, base, List.of(Request.of(prompt), Request.of(new int[] {9, 8}))))
                    .extracting(Decoded::tokens)
                    .containsExactlyElementsOf(
                            sound.stream().map(Decoded::tokens).toList());
        }
    }

    /** Texts of a run are read at the length of the longest. */
    @Test
    void a_text_does_not_read_the_places_of_a_broken_one_beside_it() {
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/llama"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                LoraAdapter adapter = onValues();
                BatchDecoder decoder = new BatchDecoder(model, new DecoderLimits(4, 512, 10_000_000, 512))) {
            DecodedText shorter = join(decoder, tokens(20, 70), 20).orElseThrow();
            DecodedText broken = joinBroken(decoder, adapter, tokens(20, 10), 16);
            DecodedText longer = join(decoder, tokens(21, 100), 20).orElseThrow();
            assertThat(broken.places.first()).isEqualTo(shorter.places.first() + shorter.places.count());
            assertThat(longer.places.stride()).isEqualTo(shorter.places.stride());
            for (int step = 0; step < 10; step++) {
                decoder.step();
                if (step == 0) assertThat(broken.isFinite()).isFalse();
                for (DecodedText text : List.of(shorter, longer)) {
                    assertThat(text.isFinite()).isTrue();
                    text.append(text.mostProbable());
                }
                broken.append(7);
            }
        }
    }

    private LoraAdapter onValues() {
        return anAdapter()
                .adapting("model.layers.0.self_attn.v_proj")
                .ofShape(16, 48)
                .loadedFrom(temporary, "broken");
    }

    /** Joins with a mix whose outputs overflow. */
    private static DecodedText joinBroken(BatchDecoder decoder, LoraAdapter adapter, int[] prompt, int tokens) {
        List<MixedAdapter> mix = List.of(MixedAdapter.of(adapter, 3e38));
        return decoder.join(prompt, tokens, mix, KeptModules.NONE, 0, OptionalDouble.empty(), "")
                .orElseThrow();
    }

    private static int[] tokens(int first, int count) {
        return IntStream.range(0, count).map(i -> first + i * 7 % 100).toArray();
    }

    static Stream<String> replacing() {
        return names(Reference.json("saved-modules.json").get("adapters")).filter(name -> !name.equals("t5-shared"));
    }

    @ParameterizedTest
    @MethodSource("replacing")
    void texts_of_adapters_that_replace_modules_beside_others(String name) {
        JsonNode golden = Reference.json("saved-modules.json");
        String model = golden.get("adapters").get(name).get("base").asText();
        Path folder = Reference.path((model.startsWith("t5") ? "models/" : "causal/models/") + model);
        try (LoadedModel loaded = LoadedModel.open(folder, Compute.cpu());
                LoraAdapter replacing = LoraAdapter.load(Reference.path("saved-modules/" + name));
                LoraAdapter plain = LoraAdapter.load(Reference.path(
                        "saved-modules/" + golden.get("plain").get(model).asText()))) {
            List<LoraAdapter> adapters = List.of(replacing, plain);
            KeptModules kept = loaded.requireFit(adapters);
            assertThat(kept.isEmpty()).isFalse();
            List<int[]> prompts = new ArrayList<>();
            golden.get("pairs").get(model).forEach(pair -> prompts.add(ids(pair.get("input"))));
            List<double[]> vectors =
                    List.of(new double[] {0, 0}, new double[] {1, 0}, new double[] {0.7, 0.4}, new double[] {0, 1});
            List<Request> requests = new ArrayList<>();
            List<int[]> expected = new ArrayList<>();
            try (AdapterBank bank = loaded.model().bank(adapters, ComposedWeights.EXACT, kept);
                    BatchDecoder decoder = new BatchDecoder(loaded.model(), LIMITS)) {
                for (int[] prompt : prompts) {
                    for (double[] vector : vectors) {
                        requests.add(new Request(
                                prompt,
                                TOKENS,
                                List.of(MixedAdapter.of(replacing, vector[0]), MixedAdapter.of(plain, vector[1])),
                                kept));
                        expected.add(GreedyTexts.write(loaded.model(), bank, vector, List.of(prompt), TOKENS)
                                .get(0));
                    }
                }
                List<Decoded> texts = decode(decoder, loaded.base(), requests);
                assertThat(texts).extracting(Decoded::tokens).containsExactlyElementsOf(expected);
            }
        }
    }

    @Test
    void a_text_that_reaches_the_last_position_is_full() {
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/gpt2"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                BatchDecoder decoder = new BatchDecoder(model, new DecoderLimits(4, 2048, 0, 100))) {
            List<Request> requests = Stream.of(3, 250, 256)
                    .map(length ->
                            IntStream.range(0, length).map(i -> 20 + i % 100).toArray())
                    .map(Request::of)
                    .toList();
            assertThat(decode(decoder, base, requests))
                    .extracting(text -> text.ids.size())
                    .containsExactly(TOKENS, 7, 1);
        }
    }

    @Test
    void common_beginnings_are_read_once() {
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/llama"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                LoraAdapter adapter = LoraAdapter.load(Reference.path("causal/adapters/llama/b"));
                AdapterBank bank = model.bank(List.of(adapter), ComposedWeights.EXACT);
                BatchDecoder decoder = new BatchDecoder(model, new DecoderLimits(8, 2048, 50_000_000, 16))) {
            int[] first = IntStream.range(0, 60).map(i -> 20 + i * 7 % 100).toArray();
            int[] second = first.clone();
            second[50] = 3;
            MixedAdapter full = MixedAdapter.of(adapter, 1);
            MixedAdapter half = MixedAdapter.of(adapter, 0.5);
            List<Request> requests = List.of(
                    Request.of(first, full), // reads
                    Request.of(second, full), // waits for the first 50 tokens
                    Request.of(first, half), // another mix
                    Request.of(first, full));
            List<Decoded> texts = decode(decoder, base, requests);
            assertThat(texts).extracting(text -> text.reused).containsExactly(0, 50, 0, 59);
            // of texts that have left, too
            texts.addAll(decode(decoder, base, List.of(Request.of(second, half), Request.of(second, full))));
            assertThat(texts).extracting(text -> text.reused).containsExactly(0, 50, 0, 59, 50, 59);
            // what another has asked can't be told from the time that it takes
            assertThat(decode(decoder, base, List.of(Request.of(second, full).by("another"))))
                    .extracting(text -> text.reused)
                    .containsExactly(0);
            double[][] weights = {{1}, {1}, {0.5}, {1}, {0.5}, {1}};
            int[][] prompts = {first, second, first, first, second, second};
            for (int i = 0; i < prompts.length; i++) {
                assertThat(texts.get(i).tokens())
                        .isEqualTo(GreedyTexts.write(model, bank, weights[i], List.of(prompts[i]), TOKENS)
                                .get(0));
            }
        }
    }

    @Test
    void adapters_make_room_for_others() {
        List<LoraAdapter> adapters = LoraAdapter.loadAll(Reference.path("causal/adapters/llama"));
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/llama"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                AdapterBank bank = model.bank(adapters, ComposedWeights.EXACT)) {
            long largest =
                    adapters.stream().mapToLong(BatchDecoderTest::bytes).max().orElseThrow();
            try (BatchDecoder decoder = new BatchDecoder(model, new DecoderLimits(4, 2048, largest, 64))) {
                List<Request> requests = new ArrayList<>();
                List<int[]> expected = new ArrayList<>();
                for (int round = 0; round < 4; round++) {
                    for (int i = 0; i < adapters.size(); i++) {
                        int[] prompt = {5 + round, 6, 7 + i};
                        requests.add(Request.of(prompt, MixedAdapter.of(adapters.get(i), 1)));
                        double[] alone = new double[adapters.size()];
                        alone[i] = 1;
                        expected.add(GreedyTexts.write(model, bank, alone, List.of(prompt), TOKENS)
                                .get(0));
                    }
                }
                assertThat(decode(decoder, base, requests))
                        .extracting(Decoded::tokens)
                        .containsExactlyElementsOf(expected);
                assertThat(decoder.adapters()).isLessThan(adapters.size());
            }
            try (BatchDecoder decoder = new BatchDecoder(model, new DecoderLimits(4, 2048, largest / 2, 64))) {
                List<MixedAdapter> all = adapters.stream()
                        .map(adapter -> MixedAdapter.of(adapter, 1))
                        .toList();
                assertThatThrownBy(() -> decoder.requireRoom(new int[] {1}, 1, all))
                        .isInstanceOf(EngineException.class)
                        .hasMessageContaining("more memory than");
            }
        } finally {
            adapters.forEach(LoraAdapter::close);
        }
    }

    /** Of all factors, if each module had as many rows as the adapter's highest rank. */
    private static long bytes(LoraAdapter adapter) {
        int rank = adapter.modules().values().stream()
                .mapToInt(module -> module.rank())
                .max()
                .orElseThrow();
        return adapter.modules().values().stream()
                .mapToLong(module -> 4L * rank * (module.in() + module.out()))
                .sum();
    }

    @Test
    void texts_of_a_cache_that_ends_within_the_last_ones_stride() {
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/llama"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                AdapterBank bank = model.bank(List.of(), ComposedWeights.EXACT);
                BatchDecoder decoder = new BatchDecoder(model, new DecoderLimits(8, 224, 0, 256))) {
            // four and three blocks of 32, and a stride of 128: the second text's fourth block isn't there
            int[] longer = IntStream.range(3, 108).toArray();
            int[] shorter = IntStream.range(5, 85).toArray();

            List<Decoded> texts = decode(
                    decoder,
                    base,
                    List.of(
                            new Request(longer, 20, List.of(), KeptModules.NONE),
                            new Request(shorter, 16, List.of(), KeptModules.NONE)));

            texts.get(0).requireTokens(greedy(model, bank, longer, 20), "longer");
            texts.get(1).requireTokens(greedy(model, bank, shorter, 16), "shorter");
        }
    }

    private static int[] greedy(LanguageModel model, AdapterBank bank, int[] prompt, int tokens) {
        return GreedyTexts.write(model, bank, new double[0], List.of(prompt), tokens)
                .get(0);
    }

    @Test
    void what_finds_no_room_waits_and_what_never_will_is_refused() {
        try (BaseModel base = BaseModel.open(Reference.path("causal/models/llama"));
                LanguageModel model = LanguageModel.load(base, Compute.cpu());
                BatchDecoder decoder = new BatchDecoder(model, new DecoderLimits(8, 128, 0, 64))) {
            int[] prompt = {3, 4, 5};
            DecodedText first = join(decoder, prompt, 60).orElseThrow();
            DecodedText second = join(decoder, prompt, 60).orElseThrow();
            assertThat(join(decoder, prompt, 60)).isEmpty();
            decoder.leave(first);
            assertThat(join(decoder, prompt, 60)).isPresent();
            decoder.leave(second);
            assertThatThrownBy(() -> decoder.requireRoom(prompt, 127, List.of()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("there is room for 128");
            assertThatThrownBy(() -> decoder.requireRoom(new int[0], 1, List.of()))
                    .hasMessageContaining("no tokens");
            assertThatThrownBy(() -> decoder.requireRoom(new int[] {-1}, 1, List.of()))
                    .hasMessageContaining("the token -1");
            assertThatThrownBy(() ->
                            decoder.requireRoom(new int[base.config().context().orElseThrow() + 1], 1, List.of()))
                    .hasMessageContaining("Shorten it");
        }
    }

    @Test
    void limits_and_weights_that_make_no_sense_are_refused() {
        for (int[] wrong :
                new int[][] {{0, 1, 0, 0, 1}, {1, 0, 0, 0, 1}, {1, 1, -1, 0, 1}, {1, 1, 0, -1, 1}, {1, 1, 0, 0, 0}}) {
            assertThatThrownBy(() -> new DecoderLimits(wrong[0], wrong[1], wrong[2], wrong[3], wrong[4]))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("at least one row");
        }
        try (LoraAdapter adapter = LoraAdapter.load(Reference.path("causal/adapters/llama/b"))) {
            assertThatThrownBy(() -> new MixedAdapter(adapter, List.of(1.0, 1.0)))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("b has 2 weights; it needs 3");
            assertThatThrownBy(() -> MixedAdapter.ofThirds(adapter, 1, Double.NaN, 1))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("must be a finite number, but is NaN");
        }
    }

    private static Optional<DecodedText> join(BatchDecoder decoder, int[] prompt, int tokens) {
        return decoder.join(prompt, tokens, List.of(), KeptModules.NONE, 0, OptionalDouble.empty(), "");
    }
}
