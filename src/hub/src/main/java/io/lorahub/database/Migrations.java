package io.lorahub.database;

import java.util.Arrays;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** The migrations of the schema, for commands; the application does the same at its start. */
public final class Migrations {

    private final DataSource database;

    public Migrations(DataSource database) {
        this.database = database;
    }

    /**
     * Makes the tables if they are missing, and applies all migrations; returns how many.
     *
     * @throws org.flywaydb.core.api.FlywayException if a newer LoraHub has upgraded the database
     */
    public int apply() {
        return flyway().load().migrate().migrationsExecuted;
    }

    /** The same up to this version. */
    public void applyUntil(String version) {
        flyway().target(version).load().migrate();
    }

    /** Version of the database; empty if it has no tables. */
    public Optional<String> current() {
        return Optional.ofNullable(flyway().load().info().current())
                .map(MigrationInfo::getVersion)
                .map(MigrationVersion::getVersion);
    }

    /** Whether this program has that version. */
    public boolean isKnown(String version) {
        return Arrays.stream(flyway().load().info().all())
                .filter(migration -> migration.getState().isResolved())
                .anyMatch(migration -> migration.getVersion().getVersion().equals(version));
    }

    private FluentConfiguration flyway() {
        return Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/migration")
                .ignoreMigrationPatterns(new String[0]);
    }
}
