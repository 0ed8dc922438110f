package io.lorahub.web.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lorahub.web.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Few work at a time, and none of them keeps the others out. */
class GateTest {

    private static final List<String> UN = List.of("address 10.0.0.1", "member un");
    private static final List<String> RE = List.of("address 10.0.0.2", "member re");
    private static final List<String> PAST = List.of("address 10.0.0.3", "member past");

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    private static Gate gate(int most, int mostPerMember, int mostWaiting) {
        return new Gate(() -> most, () -> mostPerMember, mostWaiting, Duration.ofMinutes(5));
    }

    private CompletableFuture<Void> enter(Gate gate, List<String> clients) {
        return CompletableFuture.runAsync(() -> gate.enter(clients), threads);
    }

    private static void awaitWaiting(Gate gate, int count) {
        await().until(() -> gate.waiting() == count);
    }

    @Test
    void a_member_has_fewer_places_than_all_together() {
        Gate gate = gate(3, 1, 0);
        gate.enter(UN);

        assertThatThrownBy(() -> gate.enter(UN)).isInstanceOfSatisfying(ProblemException.class, refusal -> {
            assertThat(refusal.status()).isEqualTo(429);
            assertThat(refusal.headers()).containsKey("Retry-After");
        });
        gate.enter(RE);
        gate.enter(PAST);
        assertThatThrownBy(() -> gate.enter(List.of("address 10.0.0.4")))
                .isInstanceOfSatisfying(ProblemException.class, refusal -> {
                    assertThat(refusal.status()).isEqualTo(503);
                    assertThat(refusal.headers()).containsKey("Retry-After");
                });

        gate.leave(UN);
        gate.enter(UN);
    }

    @Test
    void an_address_has_twice_the_places_of_a_member() {
        Gate gate = gate(10, 1, 0);
        gate.enter(List.of("address 10.0.0.1", "member un"));
        gate.enter(List.of("address 10.0.0.1", "member re"));

        assertThatThrownBy(() -> gate.enter(List.of("address 10.0.0.1", "member past")))
                .isInstanceOf(ProblemException.class);
    }

    @Test
    void the_next_one_is_of_whoever_has_the_fewest_inside() {
        Gate gate = gate(2, 2, 8);
        gate.enter(UN);
        gate.enter(UN);
        CompletableFuture<Void> third = enter(gate, UN);
        awaitWaiting(gate, 1);
        CompletableFuture<Void> other = enter(gate, RE);
        awaitWaiting(gate, 2);

        gate.leave(UN);

        other.join();
        assertThat(third).isNotDone();
        gate.leave(UN);
        third.join();
    }

    @Test
    void a_client_fills_only_a_part_of_those_who_wait() {
        Gate gate = gate(1, 1, 4);
        gate.enter(UN);
        CompletableFuture<Void> second = enter(gate, UN);
        awaitWaiting(gate, 1);

        assertThatThrownBy(() -> gate.enter(UN)).isInstanceOf(ProblemException.class);
        CompletableFuture<Void> other = enter(gate, RE);
        awaitWaiting(gate, 2);

        gate.leave(UN);
        gate.leave(other.isDone() ? RE : UN);
        CompletableFuture.allOf(second, other).join();
    }

    @Test
    void who_waits_too_long_is_refused_and_takes_no_place() {
        Gate gate = new Gate(() -> 1, () -> 1, 4, Duration.ofMillis(20));
        gate.enter(UN);

        assertThatThrownBy(() -> gate.enter(RE))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        refusal -> assertThat(refusal.status()).isEqualTo(503));
        gate.leave(UN);
        gate.enter(PAST);
        assertThat(gate.waiting()).isZero();
    }
}
