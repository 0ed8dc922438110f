package io.lorahub.bench.hub;

import io.lorahub.account.Secret;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A member of the hub under test, who uploads. */
public record BenchMember(long person, long publisher, String name, String token) {

    static BenchMember add(Connection connection) throws SQLException {
        return add(connection, "bench");
    }

    public static BenchMember add(Connection connection, String name) throws SQLException {
        Secret secret = Secret.random(Secret.TOKEN_PREFIX);
        long person = insert(connection, "insert into person (name) values (?) returning id", name);
        long publisher = insert(connection, "insert into publisher (name) values (?) returning id", name);
        insert(
                connection,
                "insert into publisher_member (publisher_id, person_id) values (?, ?) returning person_id",
                publisher,
                person);
        insert(
                connection,
                "insert into access_token (secret_hash, person_id, name, scope, ending)"
                        + " values (?, ?, 'bench', 'WRITE', ?) returning id",
                secret.hash(),
                person,
                secret.text().substring(secret.text().length() - 4));
        return new BenchMember(person, publisher, name, secret.text());
    }

    /** An administrator, who can also register base models. */
    public static BenchMember administrator(Connection connection) throws SQLException {
        BenchMember member = add(connection);
        insert(connection, "update person set role = 'ADMIN' where id = ? returning id", member.person());
        insert(
                connection,
                "update access_token set scope = 'ADMINISTER' where person_id = ? returning id",
                member.person());
        return member;
    }

    /**
     * Publishes an uploaded file without its checks, which are not measured.
     *
     * @return its address in the API
     */
    String publish(Connection connection, String file, String sha256) throws SQLException {
        long adapter = insert(
                connection,
                "insert into adapter (publisher_id, name, visibility, base_model, title, licence, rank, target_modules)"
                        + " values (?, 'large', 'PUBLIC', 'google/flan-t5-large', 'Large', 'MIT', 64, '{q}') returning id",
                publisher);
        long version = insert(
                connection,
                "insert into adapter_version (adapter_id, number, label, facts, findings)"
                        + " values (?, 1, '1.0.0', '{}', '[]') returning id",
                adapter);
        insert(
                connection,
                "insert into version_file (version_id, name, sha256) values (?, ?, ?) returning version_id",
                version,
                file,
                sha256);
        return "/api/v1/adapters/%s/large/versions/1.0.0/files/%s".formatted(name, file);
    }

    private static long insert(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) statement.setObject(i + 1, values[i]);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
