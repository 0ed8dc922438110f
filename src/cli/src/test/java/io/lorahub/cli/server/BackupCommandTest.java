package io.lorahub.cli.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.backup.Backup;
import io.lorahub.backup.BackupFolder;
import io.lorahub.backup.Restore;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.database.Migrations;
import io.lorahub.serve.EmbeddedDatabase;
import io.lorahub.serve.HubStore;
import io.lorahub.serve.ServeException;
import io.lorahub.storage.directory.DirectoryStore;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StorageException;
import io.lorahub.storage.s3.S3Settings;
import io.lorahub.storage.s3.S3Store;
import io.lorahub.testsupport.server.S3ProxyServer;
import io.lorahub.testsupport.server.S3Server;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** backup and restore; {@code BackupIT} has them beside a running hub. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BackupCommandTest {

    /** A fingerprint of each table, and the next value of each sequence. */
    private static final String CONTENT = """
            select table_name || ' ' || (xpath('/row/sum/text()', query_to_xml(format(
              'select count(*) || '' '' || coalesce(md5(string_agg(t::text, '','' order by t::text)), '''') as sum from %I t',
              table_name), false, true, '')))[1]::text
            from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'
              and table_name <> 'flyway_schema_history'
            union all select sequencename || ' ' || coalesce(last_value, 0) from pg_sequences
            order by 1""";

    private static final String SCHEMA = """
            select conname || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace
            union all select tgname || ' ' || tgenabled::text from pg_trigger where not tgisinternal
            order by 1""";

    /** The database of a new hub, which is copied because making one takes seconds. */
    @TempDir
    static Path made;

    @TempDir
    Path data;

    @TempDir
    Path fresh;

    @TempDir
    Path parent;

    @BeforeAll
    static void make() {
        StoredHub.start(made).migrate().close();
    }

    private StoredHub hub() throws IOException {
        try (Stream<Path> files = Files.walk(made)) {
            for (Path file : files.toList()) {
                Path copy = data.resolve(made.relativize(file));
                if (!copy.equals(data)) Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return StoredHub.start(data);
    }

    @Test
    void what_a_hub_has_is_restored_in_a_fresh_place() throws SQLException, IOException {
        List<String> content;
        List<String> schema;
        String sha256;
        try (StoredHub hub = hub()) {
            sha256 = hub.storeBlob("weights of the model");
            hub.addModel("lab/small", sha256);
            hub.execute("insert into publisher (name, title) values ('lab', E'tab\\t, line\\nand \\\\. ü 漢 \\u200d')");
            hub.execute(
                    "insert into adapter (publisher_id, name, base_model, title, licence, rank, target_modules, visibility)"
                            + " select id, 'un', 'lab/small', 'Un', 'MIT', 8, '{q}', 'PUBLIC' from publisher");
            content = hub.ask(CONTENT);
            schema = hub.ask(SCHEMA);

            Run run = backup();

            assertThat(run.code()).as(run::err).isEqualTo(ExitCode.OK);
            assertThat(run.out()).contains("the database and 1 file, 20 bytes; 1 of them, 20 bytes, copied now.");
        }
        Run run = restore();

        assertThat(run.code()).as(run::err).isEqualTo(ExitCode.OK);
        assertThat(run.out()).startsWith("Restored ").contains("the database and 1 file, 20 bytes.");
        try (StoredHub hub = StoredHub.start(fresh)) {
            assertThat(hub.ask(CONTENT))
                    .isEqualTo(content)
                    .anyMatch(line -> line.startsWith("adapter_text 1 ")); // by a trigger, once
            assertThat(hub.ask(SCHEMA)).isEqualTo(schema);
        }
        assertThat(Run.of("verify-store", "--data", fresh).out()).contains("Compared 1 file, 20 bytes", "No file is");
    }

    @Test
    void later_backups_copy_what_is_new_and_old_ones_go() throws SQLException, IOException {
        try (StoredHub hub = hub()) {
            String first = hub.storeBlob("first");
            assertThat(backup("--json").json().path("copied_files").asInt()).isEqualTo(1);

            hub.storeBlob("second");
            Run second = backup("--json");
            assertThat(second.json().path("files").asInt()).isEqualTo(2);
            assertThat(second.json().path("copied_files").asInt()).isEqualTo(1);
            assertThat(second.json().path("copied_bytes").asInt()).isEqualTo(6);

            hub.execute("delete from blob where sha256 = ?", first);
            Files.createDirectories(folder().resolve("backups/2020-interrupted"));
            Files.writeString(folder().resolve("backups/2020-interrupted/blob.copy"), "the beginning");
            Run third = backup("--keep", "2", "--json");

            assertThat(BackupFolder.forReading(folder()).names())
                    .containsExactly(name(second), name(third))
                    .doesNotContain("2020-interrupted");
            assertThat(folder().resolve("backups/2020-interrupted")).doesNotExist();
            assertThat(object(first)).exists();
            assertThat(Run.of("restore", folder(), "--backup", name(second), "--data", parent.resolve("earlier"))
                            .out())
                    .contains("and 2 files,");

            backup("--keep", "1");
            assertThat(object(first)).doesNotExist();
        }
        assertThat(restore().out()).contains("and 1 file,");
    }

    @Test
    void a_backup_follows_one_that_was_made_while_the_clock_was_ahead() throws SQLException, IOException {
        try (StoredHub hub = hub()) {
            hub.storeBlob("first");
            Path made = folder().resolve("backups").resolve(name(backup("--json")));
            Files.move(made, made.resolveSibling("2999-12-31-235959-999"));
            hub.storeBlob("second");

            String newest = name(backup("--keep", "1", "--json"));

            assertThat(newest).isEqualTo("3000-01-01-000000-000");
            assertThat(BackupFolder.forReading(folder()).names()).containsExactly(newest);
        }
        assertThat(restore().out()).contains("and 2 files,");
    }

    @Test
    void an_interrupted_backup_leaves_the_last_one_whole() throws SQLException, IOException {
        try (StoredHub hub = hub()) {
            hub.storeBlob("first");
            String whole = name(backup("--json"));
            hub.storeBlob("second");
            try (Backup begun = new Backup(hub.store(), database(hub), BackupFolder.forWriting(folder()))) {
                assertThat(begun.dump().objects()).isEqualTo(2);
            }
            assertThat(folder().resolve("backups").toFile().list()).hasSize(2);

            assertThat(name(restore("--json"))).isEqualTo(whole);
        }
        try (StoredHub hub = StoredHub.start(fresh)) {
            assertThat(hub.ask("select count(*) from blob")).containsExactly("1");
        }
    }

    @Test
    void without_the_lock_that_keeps_the_files_no_backup_is_whole() throws SQLException, IOException {
        try (StoredHub hub = hub()) {
            hub.storeBlob("first");
            Backup backup = new Backup(hub.store(), database(hub), BackupFolder.forWriting(folder()));
            backup.dump();
            hub.execute("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'");
            assertThatThrownBy(() -> backup.copy(bytes -> {}))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("The connection to the database was lost");
            assertThat(BackupFolder.forReading(folder()).names()).isEmpty();

            Run again = backup("--json");
            assertThat(again.code()).isEqualTo(ExitCode.OK);
            assertThat(again.json().path("copied_files").asInt()).isZero();
        }
    }

    @Test
    void a_restore_that_was_interrupted_can_be_started_again() throws SQLException, IOException {
        try (StoredHub hub = hub()) {
            hub.storeBlob("first");
            hub.storeBlob("second");
            backup();
        }
        BackupFolder backups = BackupFolder.forReading(folder());
        try (StoredHub hub = StoredHub.start(fresh).migrate()) { // and then it was killed
            new Restore(backups, backups.newest()).copy(hub.store(), bytes -> {});
            assertThat(hub.ask("select count(*) from blob")).containsExactly("0");
        }
        assertThat(restore().code()).isEqualTo(ExitCode.OK);
    }

    @Test
    void a_hub_whose_database_is_lost_keeps_its_files() throws SQLException, IOException {
        try (StoredHub hub = hub()) {
            hub.storeBlob("first");
            backup();
            hub.storeBlob("later");
        }
        Files.move(data.resolve("postgres"), data.resolve("damaged"));

        assertThat(Run.of("restore", folder(), "--data", data).code()).isEqualTo(ExitCode.OK);
        try (StoredHub hub = StoredHub.start(data)) {
            assertThat(hub.ask("select count(*) from blob")).containsExactly("1");
            assertThat(hub.store().list(ObjectKey.BLOBS)).hasSize(2);
        }
    }

    @Test
    void a_damaged_backup_is_refused() throws SQLException, IOException {
        String damaged;
        try (StoredHub hub = hub()) {
            damaged = hub.storeBlob("weights of the model");
            hub.addModel("lab/small", damaged);
            hub.storeBlob("sound");
            backup();
        }
        Files.writeString(object(damaged), "weights of the modem");

        Run check = restore("--check");
        assertThat(check.code()).isEqualTo(ExitCode.INPUT);
        assertThat(check.err()).contains("is damaged: 1 of 2 objects are missing or damaged, such as blobs/", damaged);
        Run refused = restore();
        assertThat(refused.code()).isEqualTo(ExitCode.INPUT);
        assertThat(refused.err()).contains(damaged);
        try (StoredHub hub = StoredHub.start(fresh)) {
            assertThat(hub.ask("select to_regclass('blob')")).containsOnlyNulls();
        }

        Files.delete(object(damaged));
        assertThat(restore().err()).contains("1 of 2 objects are missing or damaged, such as blobs/", damaged);
        Run without = restore("--without-damaged");
        assertThat(without.code()).isEqualTo(ExitCode.FINDINGS);
        assertThat(without.out()).contains("and 1 file,", "Missing or damaged in the backup: blobs/", damaged);
        try (StoredHub hub = StoredHub.start(fresh)) {
            assertThat(hub.ask("select sha256 from blob where unusable_since is not null"))
                    .containsExactly(damaged);
        }
        assertThat(Run.of("verify-store", "--data", fresh).out()).contains("base model lab/small, model.safetensors");
    }

    @Test
    void a_damaged_dump_is_refused() throws SQLException, IOException {
        String name;
        try (StoredHub hub = hub()) {
            hub.storeBlob("sound");
            name = name(backup("--json"));
        }
        Path dump = folder().resolve("backups").resolve(name).resolve("blob.copy");
        byte[] bytes = Files.readAllBytes(dump);
        bytes[bytes.length / 2] ^= 1;
        Files.write(dump, bytes);
        assertThat(restore().err()).contains("is damaged: blob.copy is missing or isn't what was written");
        Files.delete(dump);
        assertThat(restore().err()).contains("is damaged: blob.copy is missing or isn't what was written");

        Path description = dump.resolveSibling("backup.json");
        Files.writeString(description, "{");
        assertThat(restore().err()).contains("is damaged: backup.json isn't what was written");
        Files.delete(description);
        assertThat(restore().err()).contains("has no whole backup");
        assertThat(Run.of("restore", parent.resolve("nothing"), "--data", fresh).err())
                .contains("There are no backups in");
        assertThat(fresh).isEmptyDirectory();
    }

    @Test
    void a_hub_that_has_something_is_left_alone() throws SQLException, IOException {
        try (StoredHub hub = hub()) {
            hub.storeBlob("first");
            backup();
        }
        Run over = Run.of("restore", folder(), "--data", data);
        assertThat(over.code()).isEqualTo(ExitCode.INPUT);
        assertThat(over.err()).contains("There is a hub in this database already");

        StoredHub.put(new DirectoryStore(fresh.resolve("objects")), "other", ObjectKey.blob("a".repeat(64)));
        assertThat(restore().err()).contains("The store has files of another hub");
    }

    @Test
    void a_hub_that_runs_is_left_alone() throws SQLException, IOException {
        try (StoredHub hub = hub();
                StoredHub other = StoredHub.start(fresh);
                var process = other.connect()) {
            backup();
            BackupFolder backups = BackupFolder.forReading(folder());
            Restore restore = new Restore(backups, backups.newest());

            assertThat(process.isValid(1)).isTrue();
            assertThatThrownBy(() -> restore.requireEmpty(other.store(), database(other)))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("1 other connections use the database");
        }
    }

    @Test
    void a_backup_of_an_older_version_is_upgraded_and_one_of_a_newer_is_refused() throws SQLException, IOException {
        String name;
        try (StoredHub hub = StoredHub.start(data).migrate("70")) {
            hub.addModel("lab/small", hub.storeBlob("weights of the model"));
            name = name(backup("--json"));
        }
        assertThat(restore().code()).isEqualTo(ExitCode.OK);
        try (StoredHub hub = StoredHub.start(fresh)) {
            assertThat(hub.ask("select max(version::int)::text from flyway_schema_history"))
                    .doesNotContain("70");
            assertThat(hub.ask("select name from base_model")).containsExactly("lab/small");
        }

        Path description = folder().resolve("backups").resolve(name).resolve("backup.json");
        Files.writeString(description, Files.readString(description).replace("\"70\"", "\"9999\""));
        assertThat(Run.of("restore", folder(), "--data", parent.resolve("third"))
                        .err())
                .contains("whose database is newer (V9999)");
    }

    @Test
    void tables_are_made_and_upgraded() throws SQLException {
        assertThat(Run.of("migrate", "--data", fresh).out()).matches("Applied [1-9]\\d* migrations.\\n");
        assertThat(Run.of("migrate", "--data", fresh).out()).isEqualTo("Applied 0 migrations.\n");
        try (StoredHub hub = StoredHub.start(fresh)) {
            assertThat(hub.ask("select count(*) from adapter")).containsExactly("0");
        }
    }

    @Test
    void files_that_the_hub_has_lost_are_named() throws SQLException, IOException {
        try (StoredHub hub = hub()) {
            String lost = hub.storeBlob("weights of the model");
            hub.addModel("lab/small", lost);
            hub.storeBlob("sound");
            String publishing = hub.storeBlob("its row comes first");
            hub.execute(
                    "insert into blob_hold (id, sha256, held_until) values (gen_random_uuid(), ?, now() + interval '1 day')",
                    publishing);
            hub.store().delete(ObjectKey.blob(lost));
            hub.store().delete(ObjectKey.blob(publishing));

            Run run = backup();

            assertThat(run.code()).isEqualTo(ExitCode.FINDINGS);
            assertThat(run.out())
                    .contains("Missing or damaged in the hub: " + lost, "base model lab/small, model.safetensors")
                    .doesNotContain(publishing);
            Run check = restore("--check");
            assertThat(check.code()).isEqualTo(ExitCode.FINDINGS);
            assertThat(check.out())
                    .contains("Missing or damaged in the hub when the backup was made: " + lost)
                    .doesNotContain(publishing);
        }
        assertThat(restore().code()).isEqualTo(ExitCode.OK);
        try (StoredHub hub = StoredHub.start(fresh)) {
            assertThat(hub.ask("select count(*) from blob where unusable_since is not null"))
                    .containsExactly("1");
        }
    }

    @Test
    void a_store_of_another_hub_is_not_backed_up() throws SQLException, IOException {
        try (StoredHub hub = hub()) {
            hub.storeBlob("first");
            String whole = name(backup("--json"));
            Files.move(data.resolve("objects"), data.resolve("unmounted"));

            Run refused = backup("--keep", "1");

            assertThat(refused.code()).isEqualTo(ExitCode.INPUT);
            assertThat(refused.err()).contains("it is not the store of the hub");
            assertThat(BackupFolder.forReading(folder()).names()).containsExactly(whole);
        }
    }

    @Test
    void a_database_that_does_not_answer_is_no_bug() {
        Map<String, String> environment =
                Map.of("LORAHUB_DATABASE_URL", "postgresql://127.0.0.1:1/hub", "LORAHUB_DATABASE_USERNAME", "hub");
        assertThatThrownBy(() ->
                        HubStore.withNew(environment, List.of(), fresh, hub -> new Migrations(hub.database()).apply()))
                .isInstanceOf(ServeException.class)
                .hasMessageContainingAll("The database cannot be used", "Check LORAHUB_DATABASE_URL");
    }

    @Test
    void files_that_the_hub_knows_to_be_damaged_are_named_though_the_folder_has_them()
            throws SQLException, IOException {
        try (StoredHub hub = hub()) {
            String damaged = hub.storeBlob("weights of the model");
            hub.addModel("lab/small", damaged);
            assertThat(backup().code()).isEqualTo(ExitCode.OK);
            hub.execute("update blob set unusable_since = now() where sha256 = ?", damaged);

            Run run = backup();

            assertThat(run.code()).isEqualTo(ExitCode.FINDINGS);
            assertThat(run.out())
                    .contains(
                            "Damaged in the hub, and in the folder from an earlier backup: " + damaged,
                            "base model lab/small, model.safetensors")
                    .doesNotContain("Missing or damaged");
            assertThat(backup("--json").json().at("/kept/0/sha256").asText()).isEqualTo(damaged);
        }
    }

    @Test
    void a_folder_with_something_else_is_left_alone() throws IOException, SQLException {
        Files.writeString(parent.resolve("letter"), "Dear Ada");
        try (StoredHub hub = hub()) {
            Run run = Run.of("backup", parent, "--data", data);
            assertThat(run.code()).isEqualTo(ExitCode.INPUT);
            assertThat(run.err()).contains("is neither empty nor a folder of backups");
        }
        assertThat(parent.toFile().list()).containsExactly("letter");
    }

    @Test
    void two_backups_of_a_hub_are_not_made_at_once() throws SQLException, IOException {
        try (StoredHub hub = hub();
                Backup first = new Backup(hub.store(), database(hub), BackupFolder.forWriting(folder()))) {
            assertThat(backup().err()).contains("Another backup of this hub is being made");
            assertThat(first.dump().objects()).isZero();
        }
    }

    @Test
    void a_hub_with_its_files_in_S3_is_restored_in_S3() throws SQLException, IOException {
        S3Server server = S3ProxyServer.shared();
        ObjectStore store = bucket(server);
        ObjectStore other = bucket(server);
        String sha256;
        try (StoredHub hub = new StoredHub(EmbeddedDatabase.start(data), store).migrate()) {
            sha256 = hub.storeBlob("weights of the model");
            try (Backup backup = new Backup(store, database(hub), BackupFolder.forWriting(folder()))) {
                backup.dump();
                assertThat(backup.copy(bytes -> {}).copied().objects()).isEqualTo(1);
            }
        }
        try (StoredHub hub = new StoredHub(EmbeddedDatabase.start(fresh), other)) {
            BackupFolder backups = BackupFolder.forReading(folder());
            Restore restore = new Restore(backups, backups.newest());
            restore.requireEmpty(other, database(hub));
            assertThat(restore.copy(other, bytes -> {})).isEmpty();
            restore.load(database(hub), List.of());

            assertThat(hub.ask("select sha256 from blob")).containsExactly(sha256);
            try (InputStream in = other.open(ObjectKey.blob(sha256))) {
                assertThat(in).hasContent("weights of the model");
            }
        }
    }

    private static ObjectStore bucket(S3Server server) {
        return new S3Store(new S3Settings(
                server.endpoint(),
                "backup-" + UUID.randomUUID(),
                server.accessKey(),
                server.secretKey(),
                "us-east-1",
                Duration.ofSeconds(30)));
    }

    private static PGSimpleDataSource database(StoredHub hub) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(hub.database().jdbcUrl());
        source.setUser(hub.database().username());
        source.setPassword(hub.database().password());
        return source;
    }

    private Path folder() {
        return parent.resolve("backups-of-the-hub");
    }

    private Path object(String sha256) {
        return folder().resolve(ObjectKey.blob(sha256));
    }

    private Run backup(String... options) {
        return Run.of("backup", folder(), "--data", data, options);
    }

    private Run restore(String... options) {
        return Run.of("restore", folder(), "--data", fresh, options);
    }

    private static String name(Run run) {
        return run.json().path("backup").asText();
    }
}
