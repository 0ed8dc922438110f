package io.lorahub.composition.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.composition.RunAccess;
import io.lorahub.composition.RunState;
import io.lorahub.composition.live.RunEventStreams.Audience;
import io.smallrye.mutiny.Multi;
import jakarta.ws.rs.sse.OutboundSseEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import org.jboss.resteasy.reactive.server.jaxrs.SseImpl;
import org.junit.jupiter.api.Test;

class RunWatcherTest {

    private static final RunAccess ACCESS =
            new RunAccess(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), false);

    /** A connection that takes an event whenever it says so. */
    private static final class Connection implements Subscriber<OutboundSseEvent> {

        private final List<String> taken = new ArrayList<>();
        private Subscription subscription;
        private boolean greedy;
        private boolean complete;

        @Override
        public void onSubscribe(Subscription begun) {
            subscription = begun;
        }

        @Override
        public void onNext(OutboundSseEvent event) {
            taken.add(event.getName() == null ? event.getComment() : event.getName() + " " + event.getData());
            if (greedy) subscription.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            throw new AssertionError(failure);
        }

        @Override
        public void onComplete() {
            complete = true;
        }

        void take(int events) {
            for (int i = 0; i < events; i++) subscription.request(1);
        }

        /** From now on, every event is taken at once. */
        void takeAll() {
            greedy = true;
            subscription.request(1);
        }
    }

    private final Connection connection = new Connection();

    private RunWatcher watcher(Audience audience) {
        List<RunWatcher> watchers = new ArrayList<>();
        Multi.createFrom()
                .<OutboundSseEvent>emitter(
                        emitter -> watchers.add(new RunWatcher(emitter, 0, audience, ACCESS, SseImpl.INSTANCE)))
                .subscribe()
                .withSubscriber(connection);
        return watchers.get(0);
    }

    private static void show(RunWatcher watcher, RunState state, String text) {
        watcher.show(state, "live " + text, (audience, whole) -> (whole ? "whole " : "") + text);
    }

    private static void evaluate(RunWatcher watcher, int number) {
        watcher.sendEvaluations(number, after -> "after " + after);
    }

    @Test
    void while_a_client_does_not_read_evaluations_wait_and_states_replace_each_other() {
        RunWatcher watcher = watcher(Audience.OWNER);
        for (int i = 1; i <= 3; i++) {
            evaluate(watcher, i);
            show(watcher, RunState.RUNNING, "at " + i);
        }
        assertThat(connection.taken).isEmpty();

        connection.take(10);

        assertThat(connection.taken)
                .containsExactly(
                        "evaluations after 0",
                        "evaluations after 1",
                        "evaluations after 2",
                        "head at 3",
                        "live live at 3");
    }

    @Test
    void the_latest_state_is_sent_as_soon_as_the_client_reads_on() {
        RunWatcher watcher = watcher(Audience.PROGRAM);
        connection.take(1);
        show(watcher, RunState.QUEUED, "queued");
        show(watcher, RunState.RUNNING, "first");
        show(watcher, RunState.RUNNING, "second");

        connection.take(1);

        assertThat(connection.taken).containsExactly("run whole queued", "run second");
    }

    @Test
    void an_end_comes_last_and_ends_the_stream_once_everything_is_taken() {
        RunWatcher watcher = watcher(Audience.PROGRAM);
        evaluate(watcher, 1);
        show(watcher, RunState.SUCCEEDED, "done");
        evaluate(watcher, 2);

        connection.take(2);
        assertThat(connection.complete).isFalse();
        connection.take(1);

        assertThat(connection.taken)
                .containsExactly("evaluations after 0", "run whole done", "end " + RunState.SUCCEEDED.word());
        assertThat(connection.complete).isTrue();
    }

    @Test
    void a_client_that_takes_everything_at_once_gets_everything_in_order() {
        RunWatcher watcher = watcher(Audience.PROGRAM);
        connection.takeAll();
        show(watcher, RunState.RUNNING, "a");
        evaluate(watcher, 1);
        show(watcher, RunState.RUNNING, "b");
        watcher.sendKeepAlive();
        show(watcher, RunState.CANCELLED, "c");

        assertThat(connection.taken)
                .containsExactly(
                        "run whole a",
                        "evaluations after 0",
                        "run b",
                        "still here",
                        "run c",
                        "end " + RunState.CANCELLED.word());
        assertThat(connection.complete).isTrue();
    }

    @Test
    void a_client_that_does_not_read_for_long_is_disconnected() {
        RunWatcher watcher = watcher(Audience.GUEST);
        String points = "1".repeat(300_000);
        for (int i = 1; i <= 3; i++) watcher.sendEvaluations(i, after -> points);
        assertThat(connection.complete).isFalse();

        watcher.sendEvaluations(4, after -> points);

        assertThat(connection.complete).isTrue();
        assertThat(connection.taken).isEmpty();
    }

    @Test
    void a_large_log_alone_is_no_backlog() {
        RunWatcher watcher = watcher(Audience.GUEST);
        watcher.sendEvaluations(100_000, after -> "1".repeat(3_000_000));

        connection.take(1);

        assertThat(connection.taken).hasSize(1);
        assertThat(connection.complete).isFalse();
    }

    @Test
    void keep_alives_do_not_wait() {
        RunWatcher watcher = watcher(Audience.OWNER);
        for (int i = 0; i < 10; i++) watcher.sendKeepAlive();

        connection.take(2);
        watcher.sendKeepAlive();

        assertThat(connection.taken).containsExactly("beat still here");
    }

    @Test
    void nothing_else_is_sent_to_those_who_may_no_longer_see_the_run() {
        RunWatcher watcher = watcher(Audience.GUEST);
        evaluate(watcher, 1);
        show(watcher, RunState.RUNNING, "secret");

        watcher.gone();
        connection.take(5);

        assertThat(connection.taken).containsExactly("gone ");
        assertThat(connection.complete).isTrue();
    }
}
