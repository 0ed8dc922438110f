package io.lorahub.composition;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.serve.EmbeddedDatabase;
import io.lorahub.testsupport.Checkout;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysOfEarlierReleasesTest {

    @Test
    void the_keys_of_runs_are_taken_over(@TempDir Path folder) throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder, "fsync=off")) {
            FluentConfiguration flyway = Flyway.configure()
                    .dataSource(database.jdbcUrl(), database.username(), database.password())
                    .locations("filesystem:" + Checkout.path("db-migrations/db/migration"));
            flyway.target("60?").load().migrate();
            try (Connection connection =
                            DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
                    Statement statement = connection.createStatement()) {
                statement.execute("insert into person (name) values ('ada')");
                statement.execute(
                        "insert into base_model (name, model_type, parameters, bytes) values ('m', 't5', 1, 1)");
                for (String key : new String[] {"'first-try'", "null"}) {
                    statement.execute(
                            "insert into composition_run (id, person_id, title, base_model_id, spec, budget, idempotency_key)"
                                    + " select gen_random_uuid(), p.id, 'un-past', b.id, '{}', 8, " + key
                                    + " from person p, base_model b");
                }
                flyway.target("latest").load().migrate();

                ResultSet keys = statement.executeQuery(
                        "select k.key, p.name, r.title, k.request_sha256, count(*) over () from idempotency_key k"
                                + " join person p on p.id = k.person_id join composition_run r on r.id = k.run_id");
                assertThat(keys.next()).isTrue();
                assertThat(keys.getString(1)).isEqualTo("first-try");
                assertThat(keys.getString(2)).isEqualTo("ada");
                assertThat(keys.getString(3)).isEqualTo("un-past");
                assertThat(keys.getString(4)).isNull();
                assertThat(keys.getInt(5)).isEqualTo(1);
            }
        }
    }
}
