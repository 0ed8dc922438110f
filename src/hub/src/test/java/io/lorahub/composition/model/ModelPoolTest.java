package io.lorahub.composition.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LoadedModel;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.ComposedWeights;
import io.lorahub.engine.model.Compute;
import io.lorahub.testsupport.DemoTask;
import io.lorahub.testsupport.ModelBuilder;
import io.lorahub.testsupport.Reference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelPoolTest {

    private static final long BYTES = 1_000;
    private static final List<Example> EXAMPLES = DemoTask.named("un-past", 1).fewShot();

    @TempDir
    Path folder;

    private final AtomicInteger loads = new AtomicInteger();

    private LoadedModel demo() {
        loads.incrementAndGet();
        return LoadedModel.open(Reference.demoHub("base"), Compute.cpu());
    }

    private LoadedModel tiny() {
        loads.incrementAndGet();
        return LoadedModel.open(ModelBuilder.aModel().in(folder, "tiny" + loads.get()), Compute.cpu());
    }

    @Test
    void two_runs_at_a_time_share_one_copy() {
        try (WorkerModels.Pool pool = new WorkerModels.Pool(() -> BYTES)) {
            WorkerModels.Lent one = pool.borrow("demo", "demo/base", BYTES, this::demo);
            WorkerModels.Lent two = pool.borrow("demo", "demo/base", BYTES, this::demo);

            assertThat(two.model()).isSameAs(one.model());
            assertThat(loads).hasValue(1);
            pool.giveBack(one);
            assertThat(losses(two.model(), "un")).isNotEmpty();
            pool.giveBack(two);
        }
    }

    @Test
    void what_runs_compute_on_a_shared_model_is_what_each_computes_alone() throws Exception {
        double[] un;
        double[] upper;
        try (LoadedModel alone = demo()) {
            un = losses(alone, "un");
            upper = losses(alone, "upper");
        }
        ExecutorService slots = Executors.newFixedThreadPool(2);
        try (WorkerModels.Pool pool = new WorkerModels.Pool(() -> BYTES)) {
            List<Future<?>> runs = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                boolean even = i % 2 == 0;
                Callable<Void> run = () -> {
                    WorkerModels.Lent lent = pool.borrow("demo", "demo/base", BYTES, this::demo);
                    assertThat(losses(lent.model(), even ? "un" : "upper")).containsExactly(even ? un : upper);
                    pool.giveBack(lent);
                    return null;
                };
                runs.add(slots.submit(run));
            }
            for (Future<?> run : runs) run.get();
        } finally {
            slots.shutdown();
        }
        assertThat(loads).hasValue(2);
    }

    @Test
    void two_slots_have_models_of_their_own_at_the_same_time() {
        try (WorkerModels.Pool pool = new WorkerModels.Pool(() -> 2 * BYTES)) {
            WorkerModels.Lent demo = pool.borrow("demo", "demo/base", BYTES, this::demo);
            WorkerModels.Lent tiny = pool.borrow("tiny", "tiny/base", BYTES, this::tiny);

            assertThat(tiny.model()).isNotSameAs(demo.model());
            assertThat(losses(demo.model(), "un")).isNotEmpty();
            assertThat(pool.names()).containsExactly("demo/base", "tiny/base");
            pool.giveBack(demo);
            pool.giveBack(tiny);
        }
    }

    @Test
    void a_model_of_all_that_is_allowed_stays_and_goes_only_for_another_one() {
        try (WorkerModels.Pool pool = new WorkerModels.Pool(() -> BYTES)) {
            pool.giveBack(pool.borrow("demo", "demo/base", BYTES, this::demo));
            assertThat(pool.names()).containsExactly("demo/base");
            pool.giveBack(pool.borrow("demo", "demo/base", BYTES, this::demo));
            assertThat(loads).hasValue(1);

            pool.giveBack(pool.borrow("tiny", "tiny/base", 1, this::tiny));
            assertThat(pool.names()).containsExactly("tiny/base");
        }
    }

    @Test
    void a_model_beyond_all_that_is_allowed_is_refused_before_it_is_loaded() {
        try (WorkerModels.Pool pool = new WorkerModels.Pool(() -> BYTES)) {
            assertThatThrownBy(() -> pool.borrow("demo", "demo/base", BYTES + 1, this::demo))
                    .isInstanceOf(EngineException.class)
                    .hasMessageContaining("demo/base");
        }
        assertThat(loads).hasValue(0);
    }

    @Test
    void a_model_that_cannot_be_loaded_leaves_its_room() {
        try (WorkerModels.Pool pool = new WorkerModels.Pool(() -> BYTES)) {
            assertThatThrownBy(() -> pool.borrow("demo", "demo/base", BYTES, () -> {
                        throw new EngineException("broken");
                    }))
                    .hasMessage("broken");
            pool.giveBack(pool.borrow("demo", "demo/base", BYTES, this::demo));
            assertThat(pool.names()).containsExactly("demo/base");
        }
    }

    private static double[] losses(LoadedModel model, String adapter) {
        List<LoraAdapter> adapters = List.of(LoraAdapter.load(Reference.demoHub("adapters/" + adapter)));
        try (LearningSession session = LearningSession.open(model, adapters, ComposedWeights.EXACT);
                var scorer = session.scorer(session.encode(EXAMPLES))) {
            return scorer.losses(List.of(new double[] {0.7}, new double[] {0.1}));
        }
    }
}
