package io.lorahub.engine.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.Precision;
import io.lorahub.testsupport.Reference;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class RunMemoryTest {

    /** Flan-T5-large with 20 candidates of rank 16 on q and v: the setting of the method's paper. */
    private static final RunMemory LARGE = RunMemory.of(783_000_000, Precision.FLOAT32, 20 * 4_718_592L);

    @Test
    void the_published_setting_needs_what_was_measured() {
        // with a file of 3,133 MB: 377 MB for the bank; 414 to 640 MB more while a gradient is computed
        assertThat(LARGE.model()).isCloseTo(3_132_000_000L, Percentage.withPercentage(1));
        assertThat(LARGE.candidates()).isCloseTo(377_000_000L, Percentage.withPercentage(1));
        assertThat(LARGE.computing()).isBetween(640_000_000L, 1_300_000_000L);
        assertThat(LARGE.own()).isLessThan(1_700_000_000L);
    }

    /** The shape of Llama-3.2-1B with 20 candidates of rank 64 on all linear modules, by bench engine; docs/measurements.md. */
    @Test
    void large_candidates_need_what_was_measured() {
        long factors = 20 * 64 * 704_512L; // rank times the inputs and outputs of the modules of 16 layers
        RunMemory half = RunMemory.of(1_235_814_400, Precision.BFLOAT16, factors);
        assertThat(half.own()).isBetween(4_747_000_000L, 4_747_000_000L * 3 / 2);
        RunMemory copied = RunMemory.of(1_235_814_400, Precision.FLOAT32, factors);
        assertThat(copied.total()).isBetween(10_350_000_000L, 10_350_000_000L * 3 / 2);
    }

    @Test
    void it_fits_a_worker_with_the_defaults_on_24_GB_and_is_refused_where_it_does_not_fit() {
        LARGE.requireWorker(18_000_000_000L, 1);
        LARGE.requireWorker(18_000_000_000L, 2);
        assertThatThrownBy(() -> LARGE.requireWorker(4_000_000_000L, 1))
                .isInstanceOf(EngineException.class)
                .hasMessageContainingAll("4.7 GB", "base model 3.1 GB", "candidates 0.4 GB", "the worker has 4.0 GB");
    }

    @Test
    void training_the_mix_needs_its_factors_four_times_more() {
        RunMemory refining = LARGE.refining();
        assertThat(refining.total() - LARGE.total()).isEqualTo(4 * LARGE.candidates());
        LARGE.requireWorker(5_000_000_000L, 1);
        assertThat(refining.fitsWorker(5_000_000_000L, 1)).isFalse();
    }

    @Test
    void the_files_say_more_closely() {
        try (BaseModel base = BaseModel.open(Reference.demoHub("base"));
                LoraAdapter un = LoraAdapter.load(Reference.demoHub("adapters/un"));
                LoraAdapter past = LoraAdapter.load(Reference.demoHub("adapters/past"))) {
            RunMemory exact = RunMemory.of(base, Precision.FLOAT32, List.of(un, past));
            assertThat(exact.mapped()).isTrue();
            assertThat(exact.own()).isEqualTo(exact.candidates() + exact.computing());

            RunMemory copied = RunMemory.of(base, Precision.BFLOAT16, List.of(un, past));
            assertThat(copied.mapped()).isFalse();
            assertThat(copied.model()).isEqualTo(exact.model() / 2);
            assertThat(copied.own()).isEqualTo(copied.total());
        }
    }

    @Test
    void runs_too_large_for_any_machine_are_refused_with_their_needs() {
        RunMemory impossible = RunMemory.of(1_000_000_000_000_000L, Precision.FLOAT32, 1_000_000_000_000_000L);
        assertThatThrownBy(impossible::requireMachine)
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("this machine has");
    }
}
