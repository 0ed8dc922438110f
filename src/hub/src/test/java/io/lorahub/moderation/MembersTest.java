package io.lorahub.moderation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bans and roles. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class MembersTest {

    private final Hub hub;
    private Person member;
    private Person moderator;

    MembersTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void join() {
        member = hub.person(Role.MEMBER);
        moderator = hub.person(Role.MODERATOR);
    }

    private RequestSpecification by(Person person) {
        return AsBrowser.given(hub.session(person));
    }

    @Test
    void a_banned_member_is_out_at_once() {
        String session = hub.session(member);
        by(moderator)
                .formParam("reason", "Spam.")
                .post("/moderation/members/" + member.name + "/ban")
                .then()
                .statusCode(303);

        AsBrowser.given(session).get("/inbox").then().statusCode(303);
        by(moderator)
                .post("/moderation/members/" + member.name + "/unban")
                .then()
                .statusCode(303);
        assertThat(QuarkusTransaction.requiringNew()
                        .call(() -> Person.<Person>findById(member.id).isBanned()))
                .isFalse();
    }

    @Test
    void a_second_ban_is_refused_and_keeps_the_reason() {
        String ban = "/moderation/members/" + member.name + "/ban";
        String toast = "lorahub_toast";
        assertThat(by(moderator).formParam("reason", "Spam").post(ban).cookie(toast))
                .contains("Banned");

        Response second = by(moderator).formParam("reason", "Insults.").post(ban);

        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(second.cookie(toast)).isNull();
        assertThat(Jsoup.parse(second.asString()).text())
                .contains(member.name + " is banned already. The reason given: Spam. Lift the ban first");
        assertThat(QuarkusTransaction.requiringNew().call(() -> Person.<Person>findById(member.id).banReason))
                .isEqualTo("Spam");
        String unban = "/moderation/members/" + member.name + "/unban";
        assertThat(by(moderator).post(unban).cookie(toast)).contains("Lifted");
        assertThat(by(moderator).post(unban).cookie(toast)).contains("banned").doesNotContain("Lifted");
    }

    @Test
    void moderators_ban_neither_admins_nor_themselves_and_give_no_roles() {
        Person admin = hub.person(Role.ADMIN);
        by(moderator)
                .formParam("reason", "x")
                .post("/moderation/members/" + admin.name + "/ban")
                .then()
                .statusCode(403);
        by(moderator)
                .formParam("reason", "x")
                .post("/moderation/members/" + moderator.name + "/ban")
                .then()
                .statusCode(409);
        by(moderator)
                .formParam("role", "admin")
                .post("/moderation/members/" + member.name + "/role")
                .then()
                .statusCode(403);
        assertThat(offersBan(moderator, admin)).isFalse();
        assertThat(offersBan(moderator, moderator)).isFalse();
        assertThat(offersBan(admin, admin)).isFalse();
        assertThat(offersBan(moderator, member)).isTrue();
        assertThat(offersBan(admin, moderator)).isTrue();
        by(admin)
                .formParam("role", "moderator")
                .post("/moderation/members/" + member.name + "/role")
                .then()
                .statusCode(303);
        by(admin).get("/moderation/members?q=" + member.name).then().body(containsString("moderator"));
    }

    private boolean offersBan(Person viewer, Person person) {
        String page = "/moderation/members/" + person.name;
        return by(viewer).get(page).asString().contains("action=\"" + page + "/ban\"");
    }
}
