package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.demo.DemoHub;
import io.lorahub.engine.lora.LoraAdapter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ModelSessionsTest {

    @Test
    void adapters_are_counted_while_they_are_loaded() {
        Path adapters = DemoHub.open().adaptersFolder();
        List<String> said = new ArrayList<>();
        Map<String, Path> paths = new TreeMap<>(Map.of("past", adapters.resolve("past"), "un", adapters.resolve("un")));
        ModelSessions.load(paths, said::add).forEach(LoraAdapter::close);
        assertThat(said).containsExactly("loading adapter 1 of 2, past", "loading adapter 2 of 2, un");
    }
}
