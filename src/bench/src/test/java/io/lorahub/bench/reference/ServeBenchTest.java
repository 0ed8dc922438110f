package io.lorahub.bench.reference;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.BenchLine;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeBenchTest {

    @TempDir
    private Path folder;

    @Test
    void without_python_it_measures_alone_and_says_what_is_missing() throws Exception {
        BenchLine line = serve("--json");

        assertThat(line.exitCode()).as(line.err()).isZero();
        String missing = "There is no Python environment in %s.".formatted(folder);
        assertThat(line.json().path("peft").asText()).isEqualTo(missing);
        assertThat(line.json().path("llama_cpp").asText()).isEqualTo(missing);
        JsonNode rows = line.json().path("rows");
        assertThat(rows).hasSize(1);
        assertThat(rows.path(0).path("tokens_per_second").asDouble()).isPositive();
        assertThat(rows.path(0).has("faster_than_llama_cpp")).isFalse();
    }

    @Test
    void without_python_it_fails_where_that_is_required() {
        BenchLine line = serve("--require");

        assertThat(line.exitCode()).isNotZero();
        assertThat(line.err()).contains("There is no Python environment in");
    }

    private BenchLine serve(String word) {
        List<String> words = new ArrayList<>(List.of("serve", "--llama-cpp", "--venv", folder.toString(), word));
        words.addAll(Arrays.asList("--shapes", "llama-tiny", "--clients", "2", "--adapters", "1", "--threads", "1"));
        words.addAll(Arrays.asList("--prompt", "8", "--tokens", "2", "--requests", "1"));
        return BenchLine.run(words.toArray(String[]::new));
    }
}
