package io.lorahub.bench.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.testsupport.Checkout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Trains with the PEFT that {@code ./lorahub test --interop} installs, on an encoder-decoder and decoder-only models. */
class TrainedLoraInterop {

    private static final Path PYTHON = Path.of(System.getProperty("lorahub.interop"), "python");
    private static final Path CAUSAL = Checkout.path("src/engine/src/test/resources/reference/causal");

    static Stream<Path[]> models() {
        DemoHub hub = DemoHub.open();
        return Stream.concat(
                Stream.of(new Path[][] {{hub.base(), hub.adaptersFolder().resolve("un")}}),
                Stream.of("llama", "gpt2", "phi3").map(name ->
                        new Path[] {CAUSAL.resolve("models/" + name), CAUSAL.resolve("adapters/" + name + "/a")}));
    }

    @ParameterizedTest
    @MethodSource("models")
    void what_PEFT_trained_lowers_the_loss_that_we_compute(Path base, Path adapter) {
        List<Example> examples = List.of(new Example("walk", "unwalk"), new Example("talk", "untalk"));
        try (LearningSession session = LearningSession.open(
                        base,
                        List.of(LoraAdapter.load(adapter)),
                        ComposedWeights.EXACT,
                        new Compute(Optional.of("cpu"), Optional.empty(), 1));
                TrainedLora training = new TrainedLora(PYTHON, base, 1)) {
            ExampleSet fewShot = session.encode(examples);
            double before = TestedMix.loss(session, session.bank(), new double[1], fewShot);
            List<SearchControls.Result> results = training.measured(session, fewShot, examples, "un", 1);

            assertThat(results)
                    .extracting(SearchControls.Result::control)
                    .containsExactly(TrainedLora.FIXED, TrainedLora.BEST);
            assertThat(results).allSatisfy(r -> assertThat(r.loss()).isLessThan(before / 2));
            assertThat(results.get(1).exactMatch())
                    .isGreaterThanOrEqualTo(results.get(0).exactMatch());
            assertThat(training.chosen(session, fewShot, examples, "un", 1).loss())
                    .isCloseTo(results.get(0).loss(), within(1e-4));
        }
    }
}
