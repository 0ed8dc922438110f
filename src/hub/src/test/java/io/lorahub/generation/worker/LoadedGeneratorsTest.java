package io.lorahub.generation.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.Role;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.generation.FinishReason;
import io.lorahub.engine.generation.GeneratedToken;
import io.lorahub.engine.generation.GenerationListener;
import io.lorahub.engine.generation.GenerationRequest;
import io.lorahub.engine.generation.GeneratorClosedException;
import io.lorahub.engine.generation.Sampling;
import io.lorahub.engine.generation.TextGenerator;
import io.lorahub.generation.GenerationWork;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class LoadedGeneratorsTest {

    /** The end token of T5. */
    private static final int END = 1;

    private static final GenerationRequest REQUEST = GenerationRequest.of(new int[] {5, 6, 1}, List.of(), 4)
            .with(new Sampling(0, 1, 0, 0, 0, 0, Map.of(END, -100.0)));

    private final Hub hub;
    private final DemoOnHub demo;
    private final LoadedGenerators generators;

    LoadedGeneratorsTest(Hub hub, DemoOnHub demo, LoadedGenerators generators) {
        this.hub = hub;
        this.demo = demo;
        this.generators = generators;
    }

    /** Completes at the end of the text. */
    private static class Listener implements GenerationListener {

        final CompletableFuture<FinishReason> end = new CompletableFuture<>();

        @Override
        public void token(GeneratedToken token) {}

        @Override
        public void end(FinishReason reason, String rest) {
            end.complete(reason);
        }

        @Override
        public void failed(EngineException reason) {
            end.completeExceptionally(reason);
        }
    }

    private static GenerationWork onBaseModel() {
        BaseModelRecord base = BaseModelRecord.named(DemoHub.BASE_MODEL).orElseThrow();
        return new GenerationWork(
                base.name,
                base.parameters * Float.BYTES,
                Map.copyOf(base.files),
                List.of(),
                List.of(REQUEST.prompt()),
                1,
                REQUEST.maxTokens(),
                0,
                1,
                0,
                0,
                0,
                0,
                Map.of(),
                List.of(),
                0);
    }

    @Test
    void a_generator_that_has_failed_is_replaced_at_the_next_use() {
        demo.publish(hub.person(Role.MEMBER), "un");
        GenerationWork work = QuarkusTransaction.requiringNew().call(LoadedGeneratorsTest::onBaseModel);
        TextGenerator failed;
        try (LoadedGenerators.Use use = generators.use(work)) {
            failed = use.generator();
            Listener broken = new Listener() {
                @Override
                public void token(GeneratedToken token) {
                    throw new StackOverflowError("a test");
                }
            };
            failed.submit(REQUEST, broken);
            assertThat(broken.end)
                    .failsWithin(Duration.ofMinutes(1))
                    .withThrowableThat()
                    .withCauseInstanceOf(GeneratorClosedException.class);
            await().dontCatchUncaughtExceptions().until(failed::isClosed);
            assertThatThrownBy(() -> use.generator().submit(REQUEST, new Listener()))
                    .isInstanceOf(GeneratorClosedException.class);
        }

        try (LoadedGenerators.Use use = generators.use(work)) {
            Listener sound = new Listener();
            use.generator().submit(REQUEST, sound);

            assertThat(use.generator()).isNotSameAs(failed);
            assertThat(sound.end).succeedsWithin(Duration.ofMinutes(1));
        }
    }
}
