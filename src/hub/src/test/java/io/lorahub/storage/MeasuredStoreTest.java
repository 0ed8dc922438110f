package io.lorahub.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StoreUnavailableException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MeasuredStoreTest {

    private static final Logger LOG = Logger.getLogger(MeasuredStore.class.getName());

    private final List<String> lines = new ArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord log) {
            lines.add(log instanceof ExtLogRecord styled ? styled.getFormattedMessage() : log.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final AtomicLong clock = new AtomicLong();
    private final StoreOutage outage = new StoreOutage(clock::get);
    private boolean down;
    private final ObjectStore store = new MeasuredStore(
            (ObjectStore) Proxy.newProxyInstance(
                    ObjectStore.class.getClassLoader(),
                    new Class<?>[] {ObjectStore.class},
                    (proxy, method, arguments) -> {
                        if (down) throw new StoreUnavailableException("It cannot be reached.", new IOException());
                        return Optional.empty();
                    }),
            outage);

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
        store.stat("a");
        assertThat(lines).isEmpty();

        down = true;
        assertThatThrownBy(() -> store.stat("a")).isInstanceOf(StoreUnavailableException.class);
        assertThat(lines).containsExactly("The object store does not answer.");
        outage.begins(); // as the filter of the log notes it

        down = false;
        store.stat("a");
        assertThat(lines).as("an answer between failures").hasSize(1);
        clock.addAndGet(TimeUnit.SECONDS.toNanos(62));
        store.stat("a");
        store.stat("a");
        assertThat(lines)
                .containsExactly(
                        "The object store does not answer.", "The object store answers again, after 62 seconds.");
    }
}
