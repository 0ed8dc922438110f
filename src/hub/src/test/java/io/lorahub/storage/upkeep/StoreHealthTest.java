package io.lorahub.storage.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StoreUnavailableException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class StoreHealthTest {

    private boolean down;
    private int checks;
    private long damaged;
    private long nanos = Long.MAX_VALUE - 10; // it may begin anywhere, and overflow

    private final ObjectStore store = (ObjectStore) Proxy.newProxyInstance(
            ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                checks++;
                if (down) throw new StoreUnavailableException("It does not answer.", null);
                return null;
            });

    private final StoreHealth health = new StoreHealth(store, () -> damaged, Runnable::run, () -> nanos);

    @Test
    void a_store_that_does_not_answer_is_down_until_it_does() {
        assertThat(later().getStatus()).isEqualTo(Status.UP);
        down = true;
        assertThat(later().getStatus()).isEqualTo(Status.DOWN);
        down = false;
        assertThat(later().getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void the_store_is_asked_once_in_a_while() {
        later();
        health.call();
        down = true;

        assertThat(health.call().getStatus()).isEqualTo(Status.UP);
        assertThat(checks).isOne();
    }

    @Test
    void damaged_files_are_counted_and_the_store_is_up_with_them() {
        damaged = 3;

        assertThat(later().getStatus()).isEqualTo(Status.UP);
        assertThat(health.call().getData()).contains(Map.of("damaged files", 3L));
    }

    private HealthCheckResponse later() {
        nanos += Duration.ofSeconds(6).toNanos();
        return health.call();
    }
}
