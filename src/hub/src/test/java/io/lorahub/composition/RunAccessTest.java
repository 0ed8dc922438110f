package io.lorahub.composition;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.PersonSession;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A watch ends with the right to it. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RunAccessTest {

    private final Hub hub;
    private Person person;

    RunAccessTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void signUp() {
        person = hub.person(Role.MEMBER);
    }

    private static boolean holds(RunAccess access) {
        return QuarkusTransaction.requiringNew().call(access::holds);
    }

    @Test
    void a_watch_ends_when_its_session_is_ended() {
        hub.session(person);
        PersonSession session =
                PersonSession.<PersonSession>find("person", person).firstResult();
        RunAccess access = new RunAccess(
                Optional.of(person.id), Optional.of(session.id), Optional.empty(), Optional.empty(), false);
        assertThat(holds(access)).isTrue();

        QuarkusTransaction.requiringNew().run(() -> PersonSession.delete("id", session.id));

        assertThat(holds(access)).isFalse();
    }

    @Test
    void a_watch_ends_when_its_token_is_revoked_or_expires() {
        hub.token(person, Scope.READ);
        Long token = AccessToken.<AccessToken>find("person", person).firstResult().id;
        RunAccess access =
                new RunAccess(Optional.of(person.id), Optional.empty(), Optional.of(token), Optional.empty(), false);
        assertThat(holds(access)).isTrue();

        change(token, "expiresAt");
        assertThat(holds(access)).isFalse();
        QuarkusTransaction.requiringNew().run(() -> AccessToken.update("expiresAt = null where id = ?1", token));
        assertThat(holds(access)).isTrue();
        change(token, "revokedAt");
        assertThat(holds(access)).isFalse();
    }

    private static void change(Long token, String field) {
        QuarkusTransaction.requiringNew()
                .run(() -> AccessToken.update(field + " = ?1 where id = ?2", Instant.now(), token));
    }
}
