package io.lorahub.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.agroal.api.AgroalDataSource;
import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pages read outside of transactions, too. If they kept their connections, they would wait for each other's. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ConnectionReleaseTest {

    /** The one that listens to notifications. */
    private static final int ALWAYS_IN_USE = 1;

    private final AgroalDataSource database;
    private final Hub hub;

    ConnectionReleaseTest(AgroalDataSource database, Hub hub) {
        this.database = database;
        this.hub = hub;
    }

    @Test
    void what_is_loaded_lazily_outside_of_a_transaction_keeps_no_connection() {
        Person member = hub.person(Role.MEMBER);
        hub.token(member, AccessToken.Scope.READ);

        AccessToken token = AccessToken.find("person.name", member.name).firstResult();
        assertThat(token.person.name).isEqualTo(member.name);

        assertThatCode(this::takeAllConnections).doesNotThrowAnyException();
    }

    private void takeAllConnections() throws SQLException {
        int size = database.getConfiguration().connectionPoolConfiguration().maxSize() - ALWAYS_IN_USE;
        List<Connection> taken = new ArrayList<>();
        try {
            while (taken.size() < size) taken.add(database.getConnection());
        } finally {
            for (Connection connection : taken) connection.close();
        }
    }
}
