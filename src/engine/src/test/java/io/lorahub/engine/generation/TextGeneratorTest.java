package io.lorahub.engine.generation;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.generation.GeneratedToken.Alternative;
import io.lorahub.engine.learning.LoadedModel;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.model.decoding.DecoderLimits;
import io.lorahub.engine.model.decoding.MixedAdapter;
import io.lorahub.engine.safetensors.TensorData;
import io.lorahub.testsupport.ModelBuilder;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextGeneratorTest {

    private static final DecoderLimits LIMITS = new DecoderLimits(16, 4096, 100_000_000, 64);
    private static final Path LLAMA = Reference.path("causal/models/llama");
    private static final int[] PROMPT = {5, 17, 40, 8, 23};

    @TempDir
    Path temporary;

    /** What a listener has heard. */
    private static final class Heard implements GenerationListener {

        final List<GeneratedToken> tokens = new ArrayList<>();
        final StringBuilder text = new StringBuilder();
        final CompletableFuture<FinishReason> ended = new CompletableFuture<>();
        final Consumer<GeneratedToken> also;

        Heard() {
            this(token -> {});
        }

        Heard(Consumer<GeneratedToken> also) {
            this.also = also;
        }

        @Override
        public void token(GeneratedToken token) {
            assertThat(ended).isNotDone();
            tokens.add(token);
            text.append(token.text());
            also.accept(token);
        }

        @Override
        public void end(FinishReason reason, String rest) {
            text.append(rest);
            assertThat(ended.complete(reason)).isTrue();
        }

        @Override
        public void failed(EngineException reason) {
            assertThat(ended.completeExceptionally(reason)).isTrue();
        }

        FinishReason await() throws Exception {
            return ended.get(60, TimeUnit.SECONDS);
        }

        int[] ids() {
            return tokens.stream().mapToInt(token -> token.token().id()).toArray();
        }
    }

    private static Heard generate(TextGenerator generator, GenerationRequest request) throws Exception {
        Heard heard = new Heard();
        generator.submit(request, heard);
        heard.await();
        return heard;
    }

    private static GenerationRequest request(int tokens) {
        return GenerationRequest.of(PROMPT, List.of(), tokens);
    }

    @Test
    void a_demo_adapter_answers_as_it_does_in_a_session() throws Exception {
        try (LoadedModel model = LoadedModel.open(Reference.demoHub("base"), Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, LIMITS);
                LoraAdapter un = LoraAdapter.load(Reference.demoHub("adapters/un"));
                LoraAdapter past = LoraAdapter.load(Reference.demoHub("adapters/past"))) {
            int[] prompt = model.tokenizer().encode("door");
            List<Heard> all = new ArrayList<>();
            for (List<MixedAdapter> mix : List.of(
                    List.of(MixedAdapter.of(un, 1)),
                    List.of(MixedAdapter.of(past, 1)),
                    List.of(MixedAdapter.of(un, 0.98), MixedAdapter.of(past, 0.95)))) {
                Heard heard = new Heard();
                generator.submit(GenerationRequest.of(prompt, mix, 20), heard);
                all.add(heard);
            }
            for (Heard heard : all) assertThat(heard.await()).isEqualTo(FinishReason.STOP);
            assertThat(all).extracting(heard -> heard.text.toString()).containsExactly("undoor", "doored", "undoored");
        }
    }

    @Test
    void a_stop_string_ends_the_text_wherever_tokens_begin_and_end() throws Exception {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, LIMITS)) {
            Heard whole = generate(generator, request(30));
            assertThat(whole.await()).isEqualTo(FinishReason.LENGTH);
            assertThat(whole.ids()).hasSize(30);
            String text = whole.text.toString();
            assertThat(text).isEqualTo(model.tokenizer().decode(whole.ids()));
            for (int from = 1; from + 5 <= text.length(); from++) {
                String stop = text.substring(from, from + 5);
                Heard stopped = generate(generator, request(30).withStops(List.of("no such text", stop)));
                assertThat(stopped.await()).isEqualTo(FinishReason.STOP);
                assertThat(stopped.text).hasToString(text.substring(0, text.indexOf(stop)));
                assertThat(stopped.ids().length).isLessThanOrEqualTo(30);
            }
            Heard unstopped =
                    generate(generator, request(30).withStops(List.of(text.substring(text.length() - 3) + "x")));
            assertThat(unstopped.await()).isEqualTo(FinishReason.LENGTH);
            assertThat(unstopped.text).hasToString(text);
        }
    }

    @Test
    void a_seed_gives_the_same_text_in_any_company() throws Exception {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                LoraAdapter adapter = LoraAdapter.load(Reference.path("causal/adapters/llama/b"))) {
            List<GenerationRequest> requests = new ArrayList<>();
            for (int i = 0; i < 24; i++) {
                List<MixedAdapter> mix = i % 3 == 0 ? List.of() : List.of(MixedAdapter.of(adapter, i % 3));
                requests.add(GenerationRequest.of(new int[] {3 + i % 5, 4, 5}, mix, 10 + i)
                        .with(new Sampling(1.2, i % 2 == 0 ? 1 : 0.9, i % 4 == 0 ? 0 : 30, i)));
            }
            List<int[]> alone = new ArrayList<>();
            try (TextGenerator generator = TextGenerator.open(model, LIMITS)) {
                for (GenerationRequest request : requests) {
                    alone.add(generate(generator, request).ids());
                }
            }
            try (TextGenerator generator = TextGenerator.open(model, LIMITS)) {
                List<Heard> together = new ArrayList<>();
                for (GenerationRequest request : requests) {
                    together.add(new Heard());
                    generator.submit(request, together.get(together.size() - 1));
                }
                for (Heard heard : together) heard.await();
                assertThat(together).extracting(Heard::ids).containsExactlyElementsOf(alone);
            }
            // other seeds write other texts
            assertThat(alone.stream().map(Arrays::toString).distinct().count()).isGreaterThan(20);
        }
    }

    @Test
    void samples_have_the_distribution_of_the_model() throws Exception {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, LIMITS)) {
            List<Alternative> top = generate(generator, request(1).withAlternatives(20))
                    .tokens
                    .get(0)
                    .alternatives();
            assertThat(top).hasSize(20);
            // bias and penalties of 0 take the other way through the sampler
            Map<Integer, Double> bias = Map.of(top.get(3).token().id(), 0.0, 5, 0.0);
            check(generator, top, new Sampling(1, 1, 0, 0));
            check(generator, top, new Sampling(0.6, 1, 8, 0));
            check(generator, top, new Sampling(1.4, 1, 12, 0, 0, 0, bias));
            check(generator, top, new Sampling(0.8, 0.7, 15, 0));
            check(generator, top, new Sampling(0.2, 0.8, 0, 0));
        }
    }

    private static void check(TextGenerator generator, List<Alternative> top, Sampling sampling) throws Exception {
        double[] expected = new double[top.size()];
        int kept = sampling.topK() == 0 ? top.size() : sampling.topK();
        double sum = 0;
        for (int i = 0; i < kept; i++) {
            expected[i] = Math.exp(top.get(i).logProbability() / sampling.temperature());
            sum += expected[i];
        }
        boolean whole = sampling.topK() == 0 && sampling.topP() == 1;
        double reached = 0;
        for (int i = 0; i < kept; i++) {
            if (!whole) expected[i] /= sum;
            if (reached >= sampling.topP()) expected[i] = 0;
            reached += expected[i];
        }
        for (int i = 0; i < kept && !whole; i++) expected[i] /= reached;
        int samples = 3000;
        List<Heard> all = new ArrayList<>();
        for (int i = 0; i < samples; i++) {
            all.add(new Heard());
            generator.submit(
                    request(1)
                            .with(new Sampling(
                                    sampling.temperature(),
                                    sampling.topP(),
                                    sampling.topK(),
                                    i,
                                    0,
                                    0,
                                    sampling.bias())),
                    all.get(i));
        }
        int[] counts = new int[top.size() + 1];
        for (Heard heard : all) {
            heard.await();
            // an end token isn't reported
            int id = heard.tokens.isEmpty() ? -1 : heard.ids()[0];
            int place = IntStream.range(0, top.size())
                    .filter(i -> top.get(i).token().id() == id)
                    .findFirst()
                    .orElse(top.size());
            counts[place]++;
        }
        double statistic = 0;
        double rest = samples;
        for (int i = 0; i < top.size(); i++) {
            double mean = samples * expected[i];
            rest -= mean;
            if (mean == 0)
                assertThat(counts[i]).as("token %d of %s", i, sampling).isZero();
            else statistic += (counts[i] - mean) * (counts[i] - mean) / mean;
        }
        if (whole) statistic += (counts[top.size()] - rest) * (counts[top.size()] - rest) / rest;
        else assertThat(counts[top.size()]).isZero();
        // 20 degrees of freedom exceed this once in 10,000 times
        assertThat(statistic).as("chi-square of %s", sampling).isLessThan(52.4);
    }

    @Test
    void penalties_and_bias_change_what_is_most_probable() throws Exception {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, LIMITS)) {
            List<GeneratedToken> plain = generate(generator, request(8).withAlternatives(2)).tokens;
            int best = plain.get(0).token().id();
            int second = plain.get(0).alternatives().get(1).token().id();
            Sampling biased = new Sampling(0, 1, 0, 0, 0, 0, Map.of(best, -100.0));
            GeneratedToken token =
                    generate(generator, request(8).with(biased)).tokens.get(0);
            assertThat(token.token().id()).isEqualTo(second);
            assertThat(token.logProbability())
                    .isEqualTo(plain.get(0).alternatives().get(1).logProbability());
            assertThat(generate(generator, request(8).with(new Sampling(0.01, 1, 0, 0, 0, 0, Map.of(best, -100.0))))
                            .ids()[0])
                    .isEqualTo(second);
            for (int none : new int[] {-1, 1_000_000}) {
                Sampling unknown = new Sampling(0, 1, 0, 0, 0, 0, Map.of(none, 100.0));
                assertThatThrownBy(() -> generate(generator, request(8).with(unknown)))
                        .isInstanceOf(EngineException.class)
                        .hasMessageContaining("a bias for the token %d, but the vocabulary has 384", none);
            }
            Sampling once = new Sampling(0, 1, 0, 0, 100, 0, Map.of());
            assertThat(generate(generator, request(40).with(once)).ids()).doesNotHaveDuplicates();
            Sampling counted = new Sampling(0, 1, 0, 0, 0, 100, Map.of());
            assertThat(generate(generator, request(40).with(counted)).ids()).doesNotHaveDuplicates();
        }
    }

    @Test
    void a_cancelled_request_leaves_at_the_next_token_and_others_continue() throws Exception {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, LIMITS)) {
            int[] expected = generate(generator, request(60)).ids();
            List<Generation> own = new ArrayList<>();
            CountDownLatch submitted = new CountDownLatch(1);
            Heard cancelled = new Heard(token -> {
                try {
                    submitted.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                own.get(0).cancel();
            });
            Heard other = new Heard();
            own.add(generator.submit(request(200), cancelled));
            generator.submit(request(60), other);
            submitted.countDown();
            assertThat(cancelled.await()).isEqualTo(FinishReason.CANCELLED);
            assertThat(cancelled.tokens).hasSize(1);
            assertThat(other.await()).isEqualTo(FinishReason.LENGTH);
            assertThat(other.ids()).isEqualTo(expected);
            own.get(0).cancel(); // again
            assertThat(generator.requests()).isZero();
        }
    }

    @Test
    void a_request_that_waits_can_be_cancelled() throws Exception {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, new DecoderLimits(1, 512, 0, 64))) {
            List<Generation> waiting = new ArrayList<>();
            CountDownLatch submitted = new CountDownLatch(1);
            Heard first = new Heard(token -> {
                try {
                    submitted.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            Heard second = new Heard();
            generator.submit(request(20), first);
            waiting.add(generator.submit(request(20), second));
            waiting.get(0).cancel();
            submitted.countDown();
            assertThat(second.await()).isEqualTo(FinishReason.CANCELLED);
            assertThat(second.tokens).isEmpty();
            assertThat(first.await()).isEqualTo(FinishReason.LENGTH);
        }
    }

    @Test
    void closing_fails_all_requests() {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu())) {
            TextGenerator generator = TextGenerator.open(model, new DecoderLimits(2, 4096, 0, 64));
            List<Heard> all = IntStream.range(0, 5).mapToObj(i -> new Heard()).toList();
            all.forEach(heard -> generator.submit(request(240), heard));
            generator.close();
            all.forEach(heard -> assertThat(heard.ended)
                    .isDone()
                    .satisfiesAnyOf(
                            ended -> assertThat(ended)
                                    .isCompletedExceptionally()
                                    .failsWithin(0, TimeUnit.SECONDS)
                                    .withThrowableOfType(ExecutionException.class)
                                    .withMessageContaining("has been closed"),
                            ended -> assertThat(heard.tokens).hasSize(240)));
            assertThat(all.get(4).ended).isCompletedExceptionally();
            assertThatThrownBy(() -> generator.submit(request(1), new Heard())).hasMessageContaining("has been closed");
            generator.close();
        }
    }

    @Test
    void an_error_fails_all_requests_and_closes_the_generator() throws Exception {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, new DecoderLimits(2, 4096, 0, 64))) {
            CountDownLatch submitted = new CountDownLatch(1);
            Heard broken = new Heard(token -> {
                try {
                    submitted.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                throw new StackOverflowError("a test");
            });
            List<Heard> all = new ArrayList<>(List.of(broken));
            for (int i = 0; i < 4; i++) all.add(new Heard());
            all.forEach(heard -> generator.submit(request(240), heard));
            assertThat(generator.isClosed()).isFalse();
            submitted.countDown();

            // some are being written, the others wait
            for (Heard heard : all) {
                assertThatThrownBy(heard::await)
                        .hasCauseInstanceOf(GeneratorClosedException.class)
                        .hasRootCauseMessage("a test");
            }
            assertThat(generator.isClosed()).isTrue();
            assertThat(generator.requests()).isZero();
            assertThatThrownBy(() -> generator.submit(request(1), new Heard()))
                    .isInstanceOf(GeneratorClosedException.class);
        }
    }

    @Test
    void an_owner_with_many_requests_does_not_hold_up_another() throws Exception {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, new DecoderLimits(2, 512, 0, 64))) {
            CountDownLatch submitted = new CountDownLatch(1);
            List<String> tokens = new ArrayList<>();
            List<Heard> all = new ArrayList<>();
            for (String owner : List.of("first", "first", "first", "second")) {
                Heard heard = new Heard(token -> {
                    tokens.add(owner);
                    try {
                        submitted.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                all.add(heard);
                generator.submit(request(5).withOwner(owner), heard);
            }
            submitted.countDown();
            for (Heard heard : all) assertThat(heard.await()).isEqualTo(FinishReason.LENGTH);
            // five tokens each; the second owner's text is written beside the first one's first
            assertThat(tokens.subList(0, 10)).contains("second");
        }
    }

    @Test
    void a_failure_at_the_end_of_a_text_is_told() throws Exception {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, LIMITS)) {
            CompletableFuture<EngineException> failure = new CompletableFuture<>();
            generator.submit(request(3), new GenerationListener() {
                @Override
                public void token(GeneratedToken token) {}

                @Override
                public void end(FinishReason reason, String rest) {
                    throw new IllegalStateException("no end");
                }

                @Override
                public void failed(EngineException reason) {
                    failure.complete(reason);
                }
            });
            assertThat(failure.get(60, TimeUnit.SECONDS)).hasRootCauseMessage("no end");
            assertThat(generate(generator, request(3)).ids()).hasSize(3);
            assertThat(generator.requests()).isZero();
        }
    }

    @Test
    void a_listener_that_fails_ends_only_its_own_request() throws Exception {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, LIMITS)) {
            Heard broken = new Heard(token -> {
                throw new IllegalStateException("no receiver");
            });
            Heard sound = new Heard();
            generator.submit(request(10), broken);
            generator.submit(request(10), sound);
            assertThat(sound.await()).isEqualTo(FinishReason.LENGTH);
            assertThatThrownBy(broken::await).hasRootCauseMessage("no receiver");
        }
    }

    @Test
    void outputs_that_are_not_finite_fail_the_request() {
        Path folder = ModelBuilder.aModel()
                .withTensor("lm_head.weight", TensorData.of(filled(12 * 6, Float.NaN), 12, 6))
                .in(temporary, "broken");
        try (LoadedModel model = LoadedModel.open(folder, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, LIMITS)) {
            Heard heard = new Heard();
            generator.submit(GenerationRequest.of(new int[] {2, 1}, List.of(), 5), heard);
            assertThatThrownBy(heard::await).hasMessageContaining("aren't finite numbers");
            assertThat(heard.tokens).isEmpty();
        }
    }

    private static float[] filled(int count, float value) {
        float[] values = new float[count];
        Arrays.fill(values, value);
        return values;
    }

    @Test
    void a_thousand_requests_leave_nothing_behind() throws Exception {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, new DecoderLimits(8, 1024, 10_000_000, 64))) {
            List<LoraAdapter> adapters = LoraAdapter.loadAll(Reference.path("causal/adapters/llama"));
            Map<String, int[]> first = new HashMap<>();
            List<Heard> all = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                int which = i % 4;
                List<MixedAdapter> mix = which == 3 ? List.of() : List.of(MixedAdapter.of(adapters.get(which), 1));
                all.add(new Heard());
                generator.submit(GenerationRequest.of(new int[] {3 + i % 50, 9, 4}, mix, 1 + i % 30), all.get(i));
            }
            for (int i = 0; i < 1000; i++) {
                all.get(i).await();
                int[] ids = all.get(i).ids();
                int[] longest = first.merge(i % 4 + " " + i % 50, ids, (a, b) -> a.length > b.length ? a : b);
                assertThat(longest).startsWith(ids);
            }
            assertThat(generator.requests()).isZero();
            // there is room for a text that needs all places
            assertThat(generate(generator, request(1024 - PROMPT.length)).await())
                    .isNotNull();
            adapters.forEach(LoraAdapter::close);
        }
    }

    @Test
    void what_can_never_be_generated_is_refused_at_once() {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, new DecoderLimits(8, 512, 10_000_000, 64));
                LoraAdapter other = LoraAdapter.load(Reference.path("causal/adapters/gpt2/b"))) {
            assertThatThrownBy(() -> generator.submit(request(600), new Heard()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("there is room for 512");
            assertThatThrownBy(() -> generator.submit(
                            GenerationRequest.of(PROMPT, List.of(MixedAdapter.of(other, 1)), 5), new Heard()))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("does not fit");
            assertThat(generator.requests()).isZero();
        }
        assertThatThrownBy(() -> request(0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> request(1).withAlternatives(21)).hasMessageContaining("from 0 to 20");
        assertThatThrownBy(() -> request(1).withAlternatives(-1)).hasMessageContaining("from 0 to 20");
        assertThatThrownBy(() -> request(1).withStops(List.of(""))).hasMessageContaining("must not be empty");
    }

    @ParameterizedTest
    @CsvSource({
        "-1, 1, 0, 0, 0, 0, temperature",
        "101, 1, 0, 0, 0, 0, temperature",
        "NaN, 1, 0, 0, 0, 0, temperature",
        "1, 0, 0, 0, 0, 0, top-p",
        "1, 1.1, 0, 0, 0, 0, top-p",
        "1, 1, -1, 0, 0, 0, top-k",
        "1, 1, 0, NaN, 0, 0, penalties",
        "1, 1, 0, 0, Infinity, 0, penalties",
        "1, 1, 0, 0, 0, -Infinity, biases"
    })
    void a_sampling_that_makes_no_sense_is_refused(
            double temperature, double topP, int topK, double presence, double frequency, double bias, String named) {
        assertThatThrownBy(() -> new Sampling(temperature, topP, topK, 0, presence, frequency, Map.of(3, bias)))
                .isInstanceOf(EngineException.class)
                .hasMessageContaining(named);
    }

    @Test
    void an_adapter_whose_factors_are_too_large_fails_its_own_request_only() throws Exception {
        String module = "model.layers.0.self_attn.v_proj";
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, LIMITS);
                LoraAdapter large = anAdapter()
                        .adapting(module)
                        .ofShape(16, 48)
                        .withTensor(
                                "base_model.model.%s.lora_A.weight".formatted(module),
                                TensorData.of(filled(2 * 48, 1e30f), 2, 48))
                        .loadedFrom(temporary, "large")) {
            int[] expected = generate(generator, request(20)).ids();
            Heard failed = new Heard();
            Heard other = new Heard();
            generator.submit(GenerationRequest.of(PROMPT, List.of(MixedAdapter.of(large, 1)), 20), failed);
            generator.submit(request(20), other);
            assertThatThrownBy(failed::await).hasMessageContaining("large are too large to compute with");
            assertThat(other.await()).isEqualTo(FinishReason.LENGTH);
            assertThat(other.ids()).isEqualTo(expected);
            assertThat(generator.requests()).isZero();
        }
    }

    @Test
    void a_listener_that_fails_at_its_failure_is_left_alone() throws Exception {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu());
                TextGenerator generator = TextGenerator.open(model, LIMITS)) {
            CountDownLatch told = new CountDownLatch(1);
            generator.submit(request(10), new GenerationListener() {
                @Override
                public void token(GeneratedToken token) {
                    throw new IllegalStateException("no receiver");
                }

                @Override
                public void end(FinishReason reason, String rest) {
                    throw new AssertionError("It has failed.");
                }

                @Override
                public void failed(EngineException reason) {
                    told.countDown();
                    throw new IllegalStateException("still no receiver");
                }
            });
            assertThat(told.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(generate(generator, request(10)).await()).isEqualTo(FinishReason.LENGTH);
            assertThat(generator.requests()).isZero();
        }
    }

    @Test
    void who_is_interrupted_while_the_generator_closes_stays_interrupted() {
        try (LoadedModel model = LoadedModel.open(LLAMA, Compute.cpu())) {
            TextGenerator generator = TextGenerator.open(model, LIMITS);
            Thread.currentThread().interrupt();
            generator.close();
            assertThat(Thread.interrupted()).isTrue();
            generator.close(); // waits
            assertThatThrownBy(() -> generator.submit(request(1), new Heard())).hasMessageContaining("has been closed");
        }
    }
}
