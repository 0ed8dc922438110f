package io.lorahub.cli.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.serve.EmbeddedDatabase;
import io.lorahub.serve.HubStore;
import io.lorahub.settings.features.FeatureSettings;
import io.lorahub.storage.directory.DirectoryStore;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.s3.S3Settings;
import io.lorahub.storage.s3.S3Store;
import io.lorahub.storage.upkeep.Scrub;
import io.lorahub.testsupport.server.S3ProxyServer;
import io.lorahub.testsupport.server.S3Server;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class VerifyStoreCommandTest {

    @TempDir
    Path data;

    @Test
    void a_hub_that_is_stopped_is_read_and_its_damage_is_named() throws SQLException {
        String damaged;
        StoredHub stored = StoredHub.start(data).migrate();
        try (stored) {
            stored.storeBlob("sound");
            damaged = stored.storeBlob("weights of the model");
            stored.addModel("lab/small", damaged);
        }
        assertThat(verify().code()).isEqualTo(ExitCode.OK);
        assertThat(verify().out()).contains("Compared 2 files", "No file is missing or damaged.");

        stored.put("weights of the modem", damaged);
        Run result = verify();

        assertThat(result.code()).isEqualTo(ExitCode.FINDINGS);
        assertThat(result.out())
                .contains("1 file is missing or damaged:", damaged, "base model lab/small, model.safetensors");
        Run json = verify("--json");
        assertThat(json.code()).isEqualTo(ExitCode.FINDINGS);
        JsonNode file = json.json().path("damaged").get(0);
        assertThat(file.path("sha256").asText()).isEqualTo(damaged);
        assertThat(file.path("used_by").get(0).asText()).isEqualTo("base model lab/small, model.safetensors");
        assertThat(json.json().path("files").asInt()).isEqualTo(2);
        assertThat(verify("--unread-days", "1").out())
                .contains("Compared 0 files")
                .contains(damaged);

        stored.put("weights of the model", damaged);
        assertThat(verify().code()).isEqualTo(ExitCode.OK);
        assertThat(data.resolve("postgres/data/postmaster.pid")).doesNotExist();
    }

    @Test
    void a_hub_that_runs_is_read_meanwhile() throws SQLException {
        try (StoredHub hub = StoredHub.start(data).migrate()) {
            hub.storeBlob("sound");

            assertThat(verify().out()).contains("Compared 1 file,");
            hub.execute("select 1");
        }
    }

    @Test
    void a_hub_with_a_database_elsewhere_and_files_in_s3_is_read(@TempDir Path elsewhere) throws SQLException {
        S3Server server = S3ProxyServer.shared();
        String bucket = "verify-" + UUID.randomUUID();
        ObjectStore store = new S3Store(new S3Settings(
                server.endpoint(),
                bucket,
                server.accessKey(),
                server.secretKey(),
                "us-east-1",
                Duration.ofSeconds(30)));
        EmbeddedDatabase database = EmbeddedDatabase.start(elsewhere);
        try (StoredHub stored = new StoredHub(database, store).migrate()) {
            String gone = stored.storeBlob("gone");
            stored.storeBlob("sound");
            store.delete(ObjectKey.blob(gone));
            Map<String, String> environment = Map.of(
                    "LORAHUB_DATABASE_URL", database.jdbcUrl(),
                    "LORAHUB_DATABASE_USERNAME", database.username(),
                    "LORAHUB_DATABASE_PASSWORD", database.password(),
                    "LORAHUB_STORAGE_KIND", "s3",
                    "LORAHUB_STORAGE_S3_ENDPOINT", server.endpoint(),
                    "LORAHUB_STORAGE_S3_BUCKET", bucket,
                    "LORAHUB_STORAGE_S3_ACCESS_KEY", server.accessKey(),
                    "LORAHUB_STORAGE_S3_SECRET_KEY", server.secretKey());

            List<Scrub.Damaged> damaged = HubStore.with(environment, FeatureSettings.ALL, data, hub -> {
                Scrub scrub = new Scrub(hub.objects(), hub.database());
                scrub.run(Duration.ZERO, () -> true, bytes -> {});
                return scrub.damaged();
            });

            assertThat(damaged).extracting(Scrub.Damaged::sha256).containsExactly(gone);
        }
    }

    @Test
    void a_folder_without_a_hub_is_named() {
        Run run = verify();

        assertThat(run.code()).isEqualTo(ExitCode.INPUT);
        assertThat(run.err()).contains("There is no hub in " + data);
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void a_store_of_another_hub_is_refused() throws SQLException {
        EmbeddedDatabase database = EmbeddedDatabase.start(data.resolve("postgres"));
        try (StoredHub hub = new StoredHub(database, new DirectoryStore(data.resolve("elsewhere"))).migrate()) {
            hub.storeBlob("sound");

            Run run = verify();

            assertThat(run.code()).isEqualTo(ExitCode.INPUT);
            assertThat(run.err()).contains("not the store of the hub");
        }
    }

    private Run verify(String... options) {
        return Run.of("verify-store", "--data", data, options);
    }
}
