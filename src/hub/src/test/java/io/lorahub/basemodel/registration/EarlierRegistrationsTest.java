package io.lorahub.basemodel.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.serve.EmbeddedDatabase;
import io.lorahub.testsupport.Checkout;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registrations and imports of base models that were under way in a release in which they were no uploads. */
class EarlierRegistrationsTest {

    private static final String CONFIG = "c".repeat(64);
    private static final String WEIGHTS = "d".repeat(64);

    private Statement statement;

    @Test
    void what_waits_goes_on_and_what_has_ended_stays(@TempDir Path folder) throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder, "fsync=off")) {
            FluentConfiguration flyway = Flyway.configure()
                    .dataSource(database.jdbcUrl(), database.username(), database.password())
                    .locations("filesystem:" + Checkout.path("db-migrations/db/migration"));
            flyway.target("64").load().migrate();
            try (Connection connection =
                    DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password())) {
                statement = connection.createStatement();
                statement.execute("insert into person (name) values ('ada')");
                statement.execute(
                        "insert into blob (sha256, size) values ('%s', 7), ('%s', 9)".formatted(CONFIG, WEIGHTS));
                String waiting = registration("m/waiting", "CHECKING", "null");
                registration("m/copied", "CHECKING", "'/models/copied'");
                registration("m/available", "AVAILABLE", "null");
                registration("m/refused", "REFUSED", "null");
                file("base_model_registration_file", waiting, "config.json", CONFIG);
                statement.execute(
                        "insert into upload_check_queue (task_name, task_instance, execution_time, picked, version)"
                                + " values ('base-model-check', '%s', now(), false, 1)".formatted(waiting));
                String fetching = fetch("m/fetching", "FETCHING", "null");
                file("base_model_import_file", fetching, "config.json", CONFIG);
                file("base_model_import_file", fetching, "model.safetensors/0-1000", WEIGHTS);
                String whole = fetch("m/whole", "CHECKING", "null");
                file("base_model_import_file", whole, "config.json", CONFIG);
                file("base_model_import_file", whole, "model.safetensors", WEIGHTS);
                fetch("m/checked", "CHECKING", "'%s'".formatted(waiting));
                fetch("m/cancelled", "CHECKING", "gen_random_uuid()");

                flyway.target("latest").load().migrate();

                assertThat(rows("select base_model, state, coalesce(source_folder, '-'), card->>'licence',"
                                + " jsonb_array_length(coalesce(findings, '[]')) from upload where base_model not like '%hing'"
                                + " and base_model <> 'm/whole' order by 1"))
                        .containsExactly(
                                "m/available PUBLISHED - MIT 0",
                                "m/copied RECEIVING /models/copied MIT 0",
                                "m/refused FAILED - MIT 1",
                                "m/waiting CHECKING - MIT 0");
                assertThat(rows("select f.name, f.size, f.sha256 from upload_file f join upload u on u.id = f.upload_id"
                                + " where u.base_model = 'm/waiting'"))
                        .containsExactly("config.json 7 " + CONFIG);
                assertThat(rows("select task_instance from upload_check_queue"))
                        .singleElement()
                        .asString()
                        .startsWith(waiting + "/");
                assertThat(rows(
                                "select i.name, i.state, u.state, f.name, f.size, coalesce(f.sha256, '-') from base_model_import i"
                                        + " join upload u on u.id = i.upload_id join upload_file f on f.upload_id = u.id"
                                        + " order by i.name, f.name"))
                        .containsExactly(
                                "m/checked CHECKING CHECKING config.json 7 " + CONFIG,
                                "m/fetching FETCHING RECEIVING config.json 7 " + CONFIG,
                                "m/fetching FETCHING RECEIVING model.safetensors 9 -",
                                "m/whole FETCHING RECEIVING config.json 7 " + CONFIG,
                                "m/whole FETCHING RECEIVING model.safetensors 9 " + WEIGHTS);
                assertThat(rows("select name, state from base_model_import where upload_id is null"))
                        .containsExactly("m/cancelled CHECKING");
            }
        }
    }

    private String registration(String name, String state, String folder) throws SQLException {
        String id = UUID.randomUUID().toString();
        boolean ended = !state.equals("CHECKING");
        statement.execute(
                "insert into base_model_registration (id, name, licence, person_id, state, folder, findings, ended_at)"
                        + " select '%s', '%s', 'MIT', id, '%s', %s, '%s', %s from person"
                                .formatted(
                                        id,
                                        name,
                                        state,
                                        folder,
                                        state.equals("REFUSED") ? "[{\"severity\": \"error\"}]" : "[]",
                                        ended ? "now()" : "null"));
        return id;
    }

    private String fetch(String name, String state, String registration) throws SQLException {
        String id = UUID.randomUUID().toString();
        String files =
                "[{\"name\": \"config.json\", \"size\": 7, \"etag\": \"e\", \"sha256\": \"%s\", \"unverified\": false},"
                                .formatted(CONFIG)
                        + "{\"name\": \"model.safetensors\", \"size\": 9, \"etag\": \"e\", \"sha256\": null, \"unverified\": true}]";
        statement.execute(
                "insert into base_model_import (id, person_id, hub, repository, revision, name, summary, state,"
                        + " files, registration_id) select '%s', id, 'https://hub.example', 'ada/base', 'main', '%s', '', '%s', '%s', %s"
                                .formatted(id, name, state, files, registration)
                        + " from person");
        return id;
    }

    private void file(String table, String of, String name, String sha256) throws SQLException {
        statement.execute("insert into %s values ('%s', '%s', '%s')".formatted(table, of, name, sha256));
    }

    private List<String> rows(String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (ResultSet result = statement.executeQuery(query)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int i = 1; i <= columns; i++) row.add(result.getString(i));
                rows.add(String.join(" ", row));
            }
        }
        return rows;
    }
}
