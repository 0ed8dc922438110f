package io.lorahub.account.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Forms;
import io.lorahub.account.OneTimeLink;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.notice.Notice;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class PasswordResetTest {

    private static final String NEW = "three small boats";

    private final Hub hub;
    private final PasswordReset reset;

    PasswordResetTest(Hub hub, PasswordReset reset) {
        this.hub = hub;
        this.reset = reset;
    }

    @Test
    void a_link_sets_a_new_password_once() {
        Person person = hub.person(Role.MEMBER);
        String session = hub.session(person);
        for (int attempt = 0; attempt < 6; attempt++) Forms.signIn(person.name, "wrong horse battery");
        String link = reset.link(person);

        assertThat(Forms.page(Forms.as(null).get(link)).select("h1").text())
                .isEqualTo("New password for " + person.name);
        assertThat(Forms.post(null, link, "password", "short", "again", "short").statusCode())
                .isEqualTo(422);
        assertThat(Forms.post(null, link, "password", NEW, "again", NEW).statusCode())
                .isEqualTo(303);

        assertThat(Forms.isSignedIn(session)).isFalse();
        assertThat(Forms.signIn(person.name, Hub.PASSWORD).statusCode()).isEqualTo(422);
        assertThat(Forms.signIn(person.name, NEW).statusCode()).isEqualTo(303);
        assertThat(Notice.count("personId", person.id)).isEqualTo(1);
        assertThat(Forms.as(null).get(link).statusCode()).isEqualTo(410);
        assertThat(Forms.post(null, link, "password", NEW, "again", NEW).statusCode())
                .isEqualTo(410);
    }

    @Test
    void a_link_ends_when_the_password_is_changed() {
        Person person = hub.person(Role.MEMBER);
        String link = reset.link(person);
        assertThat(Forms.post(
                                hub.session(person),
                                "/settings/password",
                                "current",
                                Hub.PASSWORD,
                                "password",
                                NEW,
                                "again",
                                NEW)
                        .statusCode())
                .isEqualTo(303);
        assertThat(Forms.as(null).get(link).statusCode()).isEqualTo(410);
    }

    @Test
    void a_newer_link_replaces_an_older_one() {
        Person person = hub.person(Role.MEMBER);
        String older = reset.link(person);
        String newer = reset.link(person);
        assertThat(Forms.as(null).get(older).statusCode()).isEqualTo(410);
        assertThat(Forms.as(null).get(newer).statusCode()).isEqualTo(200);
    }

    @Test
    void a_link_ends_after_a_day_and_an_invented_one_was_never_good() {
        Person person = hub.person(Role.MEMBER);
        String link = reset.link(person);
        QuarkusTransaction.requiringNew()
                .run(() -> OneTimeLink.update("expiresAt = ?1 where person = ?2", Instant.now(), person));
        assertThat(Forms.as(null).get(link).statusCode()).isEqualTo(410);
        assertThat(Forms.as(null).get("/reset-password/invented").statusCode()).isEqualTo(410);
        assertThat(Forms.as(null).get("/first-admin/" + link.substring(16)).statusCode())
                .isEqualTo(410);
    }
}
