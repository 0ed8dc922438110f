package io.lorahub.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.demo.DemoHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --predictions} of compose, merge and replay shows what {@code evaluate --predictions} shows. */
class PredictionsTest {

    private static final DemoHub HUB = DemoHub.open();
    private static final Path EXAMPLES = HUB.task("un-past").fewShotFile(1);
    private static final String[] ADAPTERS = {
        "--adapters", HUB.adaptersFolder().resolve("un").toString(),
        "--adapters", HUB.adaptersFolder().resolve("past").toString()
    };

    @TempDir
    Path folder;

    @Test
    void compose_and_replay_show_what_their_mix_writes() {
        Path out = folder.resolve("mix");
        Run run = Run.of(
                "compose",
                ADAPTERS,
                "--examples",
                EXAMPLES,
                "--budget",
                "5",
                "--predictions",
                "--accept-worse",
                "--out",
                out,
                "--json");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("predictions")).hasSize(5).isEqualTo(evaluated(run.json(), EXAMPLES, 32));

        Run replayed = Run.of("replay", out.resolve("recipe.json"), "--predictions", "--max-new-tokens", "2", "--json");
        assertThat(replayed.json().get("predictions"))
                .as(replayed.err())
                .hasSize(5)
                .isEqualTo(evaluated(run.json(), EXAMPLES, 2))
                .isNotEqualTo(run.json().get("predictions"));
        assertThat(Run.of("replay", out.resolve("recipe.json"), "--predictions")
                        .out()
                        .lines())
                .hasSize(6)
                .last()
                .asString()
                .startsWith("The run ends at the same weights");
    }

    @Test
    void compose_prefers_held_out_examples() {
        Object[] line = {"compose", ADAPTERS, "--demo", "un-past", "--budget", "5", "--predictions", "--accept-worse"};
        Run json = Run.of(with(line, "--json"));
        assertThat(json.code()).as(json.err()).isZero();
        List<String> texts = new ArrayList<>();
        json.json().get("predictions").forEach(text -> texts.add(text.asText()));
        assertThat(texts).hasSize(100);
        Run shown = Run.of(line);
        assertThat(shown.out()).contains("\nPredictions\n", " → " + texts.get(0), " → " + texts.get(99));
        assertThat(Run.of("compose", ADAPTERS, "--demo", "un-past", "--budget", "5", "--accept-worse", "--json")
                        .json()
                        .has("predictions"))
                .isFalse();
    }

    @Test
    void merge_shows_what_the_written_adapter_writes() throws IOException {
        String[] mix = {"--adapter", "un=0.7", "--adapter", "past=1"};
        for (String method : new String[] {"cat", "ties_svd"}) {
            Path out = folder.resolve(method);
            Object[] line = {"merge", ADAPTERS, mix, "--method", method, "--examples", EXAMPLES, "--predictions"};
            String[] density = method.equals("cat") ? new String[0] : new String[] {"--density", "0.5"};
            Run run = Run.of(with(line, density, "--out", out, "--json"));
            assertThat(run.code()).as(run.err()).isZero();
            JsonNode written = Run.of(
                            "evaluate",
                            "--base",
                            HUB.base(),
                            "--adapters",
                            out,
                            "--examples",
                            EXAMPLES,
                            "--predictions",
                            "--json")
                    .json();
            assertThat(run.json().get("predictions")).as(method).hasSize(5).isEqualTo(written.get("predictions"));
            assertThat(run.json().at("/written/predictions_compared").intValue())
                    .isEqualTo(5);
        }
        Path nothing = folder.resolve("nothing");
        Run refused = Run.of("merge", ADAPTERS, mix, "--predictions", "--out", nothing);
        assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err()).contains("--predictions needs inputs; give them with --examples FILE");
        assertThat(Files.exists(nothing)).isFalse();
    }

    private static JsonNode evaluated(JsonNode composed, Path examples, int tokens) {
        List<Object> line = new ArrayList<>(List.of("evaluate", ADAPTERS, "--examples", examples, "--predictions"));
        composed.get("weights").properties().forEach(weight -> {
            line.add("--adapter");
            line.add(weight.getKey() + "=" + weight.getValue().asText());
        });
        line.addAll(List.of("--max-new-tokens", tokens, "--json"));
        return Run.of(line.toArray()).json().get("predictions");
    }

    private static Object[] with(Object[] line, Object... more) {
        List<Object> words = new ArrayList<>(List.of(line));
        words.addAll(List.of(more));
        return words.toArray();
    }
}
