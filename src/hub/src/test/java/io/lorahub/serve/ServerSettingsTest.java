package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.settings.features.FeatureSettings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ServerSettingsTest {

    private final Properties before = (Properties) System.getProperties().clone();

    @AfterEach
    void restore() {
        System.setProperties(before);
    }

    @Test
    void options_of_the_command_line_reach_quarkus() {
        settings(Map.of())
                .apply(new ServerOptions(Path.of("d"), "0.0.0.0", 81, Optional.of("https://hub.test"), ServerRole.WEB));
        assertThat(System.getProperties())
                .containsEntry("quarkus.http.host", "0.0.0.0")
                .containsEntry("quarkus.http.port", "81")
                .containsEntry("lorahub.public-url", "https://hub.test")
                .containsEntry("lorahub.serve.role", "web");
    }

    @Test
    void the_log_is_json_by_the_older_name_too() {
        settings(Map.of("QUARKUS_LOG_CONSOLE_JSON", "true"))
                .apply(new ServerOptions(Path.of("d"), "127.0.0.1", 80, Optional.empty(), ServerRole.ALL));
        assertThat(System.getProperties()).containsEntry("quarkus.log.console.json.enabled", "true");
    }

    @Test
    void traces_are_sent_to_a_collector_unless_they_are_off() {
        Map<String, String> collector = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317");
        settings(collector).apply(new ServerOptions(Path.of("d"), "127.0.0.1", 80, Optional.empty(), ServerRole.ALL));
        assertThat(System.getProperties())
                .containsEntry("quarkus.otel.sdk.disabled", "false")
                .containsEntry("quarkus.otel.exporter.otlp.endpoint", "http://collector:4317");

        Map<String, String> off = new TreeMap<>(collector);
        off.put("OTEL_SDK_DISABLED", "true");
        settings(off).apply(new ServerOptions(Path.of("d"), "127.0.0.1", 80, Optional.empty(), ServerRole.ALL));
        assertThat(System.getProperties()).containsEntry("quarkus.otel.sdk.disabled", "true");
    }

    @Test
    void names_of_earlier_versions_are_accepted_unless_the_present_name_is_set_too() {
        settings(Map.of(
                        "LORAHUB_TRIALS_WAITING", "7",
                        "LORAHUB_WORKER_BEAT", "PT3S",
                        "LORAHUB_DOCTOR_THREADS", "5",
                        "LORAHUB_CHECKS_THREADS", "6"))
                .apply(new ServerOptions(Path.of("d"), "127.0.0.1", 80, Optional.empty(), ServerRole.ALL));
        assertThat(System.getProperties())
                .containsEntry("lorahub.tasks.waiting", "7")
                .containsEntry("lorahub.worker.heartbeat", "PT3S")
                .doesNotContainKey("lorahub.checks.threads");
    }

    @Test
    void files_go_to_the_data_directory_unless_the_environment_names_another() {
        settings(Map.of("LORAHUB_STORAGE_DIRECTORY", "/elsewhere")).applyFolders(Path.of("/d"));
        assertThat(System.getProperties())
                .doesNotContainKey("lorahub.storage.directory")
                .containsEntry("quarkus.http.body.uploads-directory", "/d/uploads");
        settings(Map.of()).applyFolders(Path.of("/d"));
        assertThat(System.getProperties()).containsEntry("lorahub.storage.directory", "/d/objects");
    }

    @Test
    void a_database_of_ones_own_comes_from_the_environment() {
        ServerSettings settings = settings(Map.of(
                "LORAHUB_DATABASE_URL", "postgresql://db:5432/hub",
                "LORAHUB_DATABASE_USERNAME", "u",
                "LORAHUB_DATABASE_PASSWORD", "p"));
        settings.applyExternalDatabase(settings.databaseUrl().orElseThrow());
        assertThat(System.getProperties())
                .containsEntry("quarkus.datasource.jdbc.url", "jdbc:postgresql://db:5432/hub")
                .containsEntry("quarkus.datasource.username", "u")
                .containsEntry("quarkus.datasource.password", "p");
        assertThat(settings(Map.of("LORAHUB_DATABASE_URL", "")).databaseUrl()).isEmpty();
    }

    private static ServerSettings settings(Map<String, String> environment) {
        return new ServerSettings(environment, FeatureSettings.ALL);
    }
}
