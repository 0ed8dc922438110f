package io.lorahub.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangeEventsTest {

    private final Logger logger = Logger.getLogger(ChangeEvents.class.getName());
    private final List<Level> levels = new ArrayList<>();
    private final ChangeEvents events = new ChangeEvents(null, null);

    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord log) {
            levels.add(log.getLevel());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void end() {
        logger.removeHandler(handler);
    }

    private void lose(int times) {
        for (int i = 0; i < times; i++) events.disconnected(new SQLException("Connection refused."));
    }

    private List<Level> loud() {
        return levels.stream()
                .filter(level -> level.intValue() >= Level.INFO.intValue())
                .toList();
    }

    @Test
    void a_connection_that_is_soon_back_is_nothing_to_tell() {
        for (int i = 0; i < 100; i++) {
            lose(2);
            events.reconnected();
        }
        assertThat(loud()).isEmpty();
    }

    @Test
    void one_that_stays_away_is_warned_of_once() {
        lose(100);
        assertThat(loud()).extracting(Level::intValue).containsExactly(Level.WARNING.intValue());
        events.reconnected();
        lose(100);
        assertThat(loud())
                .extracting(Level::intValue)
                .containsExactly(Level.WARNING.intValue(), Level.INFO.intValue(), Level.WARNING.intValue());
    }
}
