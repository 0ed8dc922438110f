package io.lorahub.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class SlowWorkTest {

    @Test
    void each_change_is_reported_once() {
        StringWriter err = new StringWriter();
        try (SlowWork work = new SlowWork(new PrintWriter(err))) {
            work.say();
            work.at("loading the base model");
            work.say();
            work.say();
            work.examples(1_280, 20_000);
            work.say();
            work.begins("the mix, held-out examples");
            work.examples(64, 85);
            work.say();
        }
        assertThat(err).hasToString("""
                        loading the base model…
                        1,280 of 20,000 examples…
                        the mix, held-out examples: 64 of 85…
                        """);
    }
}
