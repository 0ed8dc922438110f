package io.lorahub.cli.server;

import io.lorahub.serve.EmbeddedDatabase;
import io.lorahub.storage.directory.DirectoryStore;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.testsupport.Checkout;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.flywaydb.core.Flyway;

/** Database and store of a hub whose processes don't run; closing it stops the database. */
record StoredHub(EmbeddedDatabase database, ObjectStore store) implements AutoCloseable {

    /** In a data folder, as serve has it. */
    static StoredHub start(Path data) {
        return new StoredHub(
                EmbeddedDatabase.start(data.resolve("postgres")), new DirectoryStore(data.resolve("objects")));
    }

    StoredHub migrate() {
        return migrate("latest");
    }

    /** @param version of the newest migration */
    StoredHub migrate(String version) {
        Flyway.configure()
                .dataSource(database.jdbcUrl(), database.username(), database.password())
                .locations("filesystem:" + Checkout.path("db-migrations/db/migration"))
                .target(version)
                .load()
                .migrate();
        return this;
    }

    /** Returns its SHA-256. */
    String storeBlob(String text) throws SQLException {
        String sha256 = DigestUtils.sha256Hex(text);
        put(text, sha256);
        execute("insert into blob (sha256, size) values (?, " + text.length() + ")", sha256);
        return sha256;
    }

    void put(String text, String sha256) {
        put(store, text, ObjectKey.blob(sha256));
    }

    static void put(ObjectStore store, String text, String key) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        StagedFile staged = store.stage(new ByteArrayInputStream(bytes), bytes.length);
        store.publish(staged, key);
    }

    /** A base model with a file of this content. */
    void addModel(String name, String sha256) throws SQLException {
        execute("insert into base_model (name, model_type, parameters, bytes) values (?, 't5', 1, 1)", name);
        execute(
                "insert into base_model_file select id, 'model.safetensors', ? from base_model where name = ?",
                sha256,
                name);
    }

    void execute(String sql, String... parameters) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) statement.setString(i + 1, parameters[i]);
            statement.execute();
        }
    }

    /** The first column. */
    List<String> ask(String sql) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            List<String> values = new ArrayList<>();
            while (rows.next()) values.add(rows.getString(1));
            return values;
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
    }

    @Override
    public void close() {
        database.close();
    }
}
