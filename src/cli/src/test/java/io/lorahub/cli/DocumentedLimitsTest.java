package io.lorahub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.engine.learning.RunMemory;
import io.lorahub.engine.model.Precision;
import io.lorahub.settings.features.FeatureSettings;
import io.lorahub.testsupport.Checkout;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The numbers in docs/settings.md match the program. */
class DocumentedLimitsTest {

    private static final Set<String> SET_BY_THE_COMMAND =
            Set.of("LORAHUB_SERVE_ROLE", "LORAHUB_WORKER_ENABLED", "LORAHUB_WORKER_WARM");

    /** Of which the default depends on the machine, the data directory or another setting. */
    private static final Set<String> IN_WORDS = Set.of(
            "LORAHUB_ACCOUNTS_KEY_FILE",
            "LORAHUB_CHECKS_BASE_MODELS",
            "LORAHUB_STORAGE_DIRECTORY",
            "LORAHUB_WORKER_CACHE",
            "LORAHUB_WORKER_THREADS");

    private static String settings;
    private static ComposeFile compose;
    private static Map<String, String> defaults;

    @BeforeAll
    static void read() throws IOException {
        settings = Files.readString(Checkout.path("docs/settings.md"));
        compose = ComposeFile.read(Checkout.path("docker/compose.yaml"));
        defaults = defaults();
    }

    @Test
    void every_default_is_the_one_in_force() {
        Map<String, String> written = new HashMap<>();
        Matcher row = Pattern.compile("(?m)^\\| `(LORAHUB_[A-Z0-9_]+)` \\|(?: `--\\w+` \\|| \\|)? `([^`-][^`]*)` \\|")
                .matcher(settings);
        while (row.find()) written.put(row.group(1), row.group(2));
        written.keySet().retainAll(defaults.keySet());

        Map<String, String> expected = new HashMap<>(defaults);
        expected.keySet().removeAll(SET_BY_THE_COMMAND);
        expected.keySet().removeAll(IN_WORDS);
        assertThat(written).isEqualTo(expected);
    }

    @Test
    void the_heap_is_that_of_launcher_and_image() throws IOException {
        assertThat(limit("heap of `serve` and `worker`")).startsWith("512 MB | `-Xmx512m`");
        assertThat(Files.readString(Checkout.path("lorahub"))).contains("-Xmx512m");
        assertThat(Files.readString(Checkout.path("docker/Dockerfile"))).contains("-Xmx512m");
    }

    @Test
    void checks_and_bodies_have_the_limits_of_their_settings() {
        assertThat(limit("one check of an upload"))
                .contains("`%s` of heap".formatted(defaults.get("LORAHUB_CHECKS_MEMORY")))
                .contains("`LORAHUB_CHECKS_THREADS` (`%s`)".formatted(defaults.get("LORAHUB_CHECKS_THREADS")));
        assertThat(limit("forms and JSON objects of all requests"))
                .contains("`%s`".formatted(defaults.get("LORAHUB_WEB_BUFFERED_BODIES")));
    }

    @Test
    void containers_have_the_limits_of_the_composition() {
        assertThat(limit("containers `web`, `worker`")).contains(memory("web") + ", " + memory("worker"));
        assertThat(limit("containers `postgres`, `minio`, `keycloak`"))
                .contains(memory("postgres") + ", " + memory("minio") + ", " + memory("keycloak"));
    }

    @Test
    void a_run_needs_what_the_example_says() {
        assertThat(RunMemory.limit()).isEqualTo(RunMemory.ofMachine() / 4 * 3);
        assertThat(limit("base models and runs of a worker")).startsWith("three quarters of the machine");
        assertThat(settings).contains("needs another %.1f GB beside it".formatted(RunMemory.PROCESS / 1e9));
        // Flan-T5-large: 24 + 2 x 24 attentions, q and v of 1024 x 1024 each, 20 candidates of rank 16
        RunMemory large = RunMemory.of(783_150_080, Precision.FLOAT32, 20L * 16 * 2 * 72 * 2048);
        assertThat(settings)
                .contains(String.format(
                        Locale.ROOT,
                        "float32 needs %.1f + %.1f + %.1f GB",
                        large.model() / 1e9,
                        large.candidates() / 1e9,
                        large.computing() / 1e9));
    }

    /** The rest of a row of the table of all limits. */
    private static String limit(String what) {
        Matcher row = Pattern.compile("(?m)^\\| " + Pattern.quote(what) + " \\| (.*) \\|$")
                .matcher(settings);
        assertThat(row.find()).as(what).isTrue();
        return row.group(1);
    }

    /** Of a container, where nobody sets another: `4g`. */
    private static String memory(String service) {
        String value = compose.service(service).all().get("mem_limit").toString();
        return "`" + value.replaceAll("\\$\\{\\w+:-(.*)}", "$1") + "`";
    }

    /** By variable. */
    private static Map<String, String> defaults() {
        Map<String, String> defaults = new HashMap<>();
        for (Class<?> feature : FeatureSettings.ALL) {
            ConfigMappings.getProperties(ConfigClass.configClass(feature)).forEach((name, property) -> {
                boolean entry = name.contains("["); // of a list, which has an entry of its own
                if (property.hasDefaultValue() && !entry) defaults.put(variable(name), property.getDefaultValue());
            });
        }
        return defaults;
    }

    private static String variable(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
