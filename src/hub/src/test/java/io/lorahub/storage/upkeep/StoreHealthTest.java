package io.lorahub.storage.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StoreUnavailableException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoreHealthTest {

    private static final Logger LOG = Logger.getLogger(StoreHealth.class.getName());

    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord log) {
            lines.add(log.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

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

    @BeforeEach
    void listen() {
        LOG.addHandler(handler);
    }

    @AfterEach
    void leave() {
        LOG.removeHandler(handler);
    }

    @Test
    void an_outage_and_its_end_are_told_in_the_log() {
        assertThat(later().getStatus()).isEqualTo(Status.UP);
        assertThat(lines).isEmpty();

        down = true;
        assertThat(later().getStatus()).isEqualTo(Status.DOWN);
        assertThat(lines).containsExactly("The object store does not answer: It does not answer.");

        down = false;
        assertThat(later().getStatus()).isEqualTo(Status.UP);
        later();
        assertThat(lines)
                .containsExactly(
                        "The object store does not answer: It does not answer.", "The object store answers again.");
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
