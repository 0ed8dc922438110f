package io.lorahub.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.pytorch.jni.JniUtils;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.format.Examples;
import io.lorahub.testsupport.Reference;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** libtorch keeps its number of threads for each thread that calls it. */
class ThreadsTest {

    @Test
    void each_of_two_models_in_one_thread_computes_with_its_own_number() {
        try (BaseModel base = BaseModel.open(Reference.path("models/t5-v1.1-gated"));
                LoraAdapter adapter = LoraAdapter.load(Reference.path("adapters/plain-a"));
                LanguageModel two = LanguageModel.load(base, threads(2));
                LanguageModel one = LanguageModel.load(base, threads(1))) {
            assertThat(used(two, adapter)).isEqualTo(2);
            assertThat(used(one, adapter)).isEqualTo(1);
            assertThat(used(two, adapter)).isEqualTo(2);
        }
    }

    private static Compute threads(int number) {
        return new Compute(Optional.of("cpu"), Optional.empty(), number);
    }

    private static int used(LanguageModel model, LoraAdapter adapter) {
        List<int[]> texts = List.of(new int[] {3, 4, 1});
        try (AdapterBank bank = model.bank(List.of(adapter), ComposedWeights.EXACT);
                Examples examples = model.examples(texts, texts)) {
            model.tokenLosses(bank, examples, List.of(new double[] {1}));
            return JniUtils.getNumThreads();
        }
    }
}
