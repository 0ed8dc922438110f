package io.lorahub.moderation;

import static io.restassured.RestAssured.given;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.BeforeEach;

/** What {@link ModerationTest} and {@link ModerationRulesTest} share. */
abstract class ModerationFixture {

    final Hub hub;
    Person owner;
    Person reporter;
    Person moderator;
    Adapter adapter;

    ModerationFixture(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void publish() {
        owner = hub.person(Role.MEMBER);
        reporter = hub.person(Role.MEMBER);
        moderator = hub.person(Role.MODERATOR);
        adapter = hub.adapter(owner, Visibility.PUBLIC);
    }

    RequestSpecification by(Person person) {
        return AsBrowser.given(hub.session(person));
    }

    RequestSpecification api(Person person) {
        return given().auth()
                .oauth2(hub.token(person, person.role == Role.MEMBER ? Scope.WRITE : Scope.ADMINISTER))
                .contentType(ContentType.JSON);
    }

    String address() {
        return owner.name + "/" + adapter.name;
    }

    void report(Person person, String category, int status) {
        by(person)
                .formParam("category", category)
                .formParam("text", "It is <b>mine</b>.")
                .post("/" + address() + "/report")
                .then()
                .statusCode(status);
    }

    Adapter stored() {
        return QuarkusTransaction.requiringNew().call(() -> Adapter.findById(adapter.id));
    }

    void decide(String action, String reason, int status) {
        by(moderator)
                .formParam("action", action)
                .formParam("reason", reason)
                .formParam("edition", stored().edition)
                .post("/moderation/cases/" + address())
                .then()
                .statusCode(status);
    }
}
