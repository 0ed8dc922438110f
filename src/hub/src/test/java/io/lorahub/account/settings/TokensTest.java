package io.lorahub.account.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Forms;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Duration;
import java.time.Instant;
import org.assertj.core.api.Assertions;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class TokensTest {

    private final Hub hub;
    private Person person;
    private String session;

    TokensTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void signIn() {
        person = hub.person(Role.MEMBER);
        session = hub.session(person);
    }

    @Test
    void a_token_is_shown_once_and_works_until_it_is_revoked() {
        String token = make("laptop <b>", "READ", "30");
        assertThat(token).startsWith("lh_").hasSize(46);
        assertThat(statusOfMe(token)).isEqualTo(200);

        Response list = Forms.as(session).get("/settings/tokens");
        assertThat(list.asString()).doesNotContain(token);
        Document page = Forms.page(list);
        assertThat(page.select(".entry").text())
                .contains("laptop <b>", "read", token.substring(42), "last used")
                .doesNotContain("read and write", "never used");
        AccessToken stored = AccessToken.<AccessToken>find("person", person).firstResult();
        assertThat(stored.expiresAt)
                .isCloseTo(Instant.now().plus(Duration.ofDays(30)), Assertions.within(Duration.ofMinutes(5)));

        assertThat(Forms.post(session, page.select(".entry form").attr("action"))
                        .statusCode())
                .isEqualTo(303);
        assertThat(statusOfMe(token)).isEqualTo(401);
        assertThat(Forms.page(Forms.as(session).get("/settings/tokens")).select(".entry"))
                .isEmpty();
    }

    @Test
    void an_expired_token_is_refused_and_marked() {
        String token = make("old", "WRITE", "7");
        QuarkusTransaction.requiringNew()
                .run(() -> AccessToken.update("expiresAt = ?1 where person = ?2", Instant.now(), person));
        assertThat(statusOfMe(token)).isEqualTo(401);
        assertThat(Forms.page(Forms.as(session).get("/settings/tokens"))
                        .select(".entry .badge")
                        .text())
                .isEqualTo("Expired");
    }

    @Test
    void only_who_has_a_role_can_ask_for_a_token_that_administers() {
        String[] form = {"name", "script", "scope", "ADMINISTER", "days", "7"};
        assertThat(scopes(session)).containsExactly("GENERATE", "READ", "WRITE");
        assertThat(Forms.errorOf(Forms.post(session, "/settings/tokens", form), "scope"))
                .isEqualTo("Only moderators and admins can create a token with the scope administer.");
        assertThat(AccessToken.count("person", person)).isZero();

        String moderator = hub.session(hub.person(Role.MODERATOR));
        assertThat(scopes(moderator)).containsExactly("GENERATE", "READ", "WRITE", "ADMINISTER");
        assertThat(Forms.post(moderator, "/settings/tokens", form).statusCode()).isEqualTo(201);
        assertThat(Forms.page(Forms.as(moderator).get("/settings/tokens"))
                        .select(".entry .tag")
                        .text())
                .isEqualTo("administer");
    }

    private static java.util.List<String> scopes(String session) {
        return Forms.page(Forms.as(session).get("/settings/tokens"))
                .select("#f-scope option")
                .eachAttr("value");
    }

    @Test
    void impossible_values_are_refused_with_the_reason() {
        Response refused = Forms.post(session, "/settings/tokens", "name", " ", "scope", "ADMIN", "days", "100000");
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(Forms.errorOf(refused, "name")).isNotEmpty();
        assertThat(Forms.errorOf(refused, "scope")).isNotEmpty();
        assertThat(Forms.errorOf(refused, "days")).isNotEmpty();
        Response tooLong =
                Forms.post(session, "/settings/tokens", "name", "x".repeat(101), "scope", "READ", "days", "never");
        assertThat(Forms.errorOf(tooLong, "name")).contains("101 characters");
        assertThat(AccessToken.count("person", person)).isZero();
    }

    @Test
    void tokens_of_others_are_not_there() {
        Person somebody = hub.person(Role.MEMBER);
        String theirs = hub.token(somebody, AccessToken.Scope.READ);
        long id = AccessToken.<AccessToken>find("person", somebody).firstResult().id;
        assertThat(Forms.post(session, "/settings/tokens/" + id + "/revoke").statusCode())
                .isEqualTo(404);
        assertThat(statusOfMe(theirs)).isEqualTo(200);
    }

    @Test
    void the_page_with_a_token_is_never_kept() {
        Response made = Forms.post(session, "/settings/tokens", "name", "x", "scope", "READ", "days", "never");
        assertThat(made.header("Cache-Control")).contains("no-store");
        assertThat(AccessToken.<AccessToken>find("person", person).firstResult().expiresAt)
                .isNull();
    }

    private String make(String name, String scope, String days) {
        Response made = Forms.post(session, "/settings/tokens", "name", name, "scope", scope, "days", days);
        assertThat(made.statusCode()).isEqualTo(201);
        return Forms.page(made).select("main code").first().text();
    }

    private static int statusOfMe(String token) {
        return Forms.as(null)
                .header("Authorization", "Bearer " + token)
                .get("/api/v1/me")
                .statusCode();
    }
}
