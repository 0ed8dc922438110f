package io.lorahub.account.deletion;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Forms;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AccountDeletionTest {

    private final Hub hub;
    private Person person;
    private String session;

    AccountDeletionTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void signIn() {
        person = hub.person(Role.MEMBER);
        session = hub.session(person);
    }

    @Test
    void nothing_of_the_account_is_left_but_its_name_which_nobody_gets() {
        String token = hub.token(person, AccessToken.Scope.READ);
        Adapter liked = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        QuarkusTransaction.requiringNew().run(() -> {
            Adapter.update("likes = 5 where id = ?1", liked.id);
            Adapter.getEntityManager()
                    .createNativeQuery("insert into adapter_like (adapter_id, person_id) values (?1, ?2)")
                    .setParameter(1, liked.id)
                    .setParameter(2, person.id)
                    .executeUpdate();
        });

        Response deleted = Forms.post(session, "/settings/delete", "current", Hub.PASSWORD);
        assertThat(deleted.statusCode()).isEqualTo(303);
        assertThat(Person.named(person.name)).isEmpty();
        assertThat(Publisher.named(person.name)).isEmpty();
        assertThat(Forms.isSignedIn(session)).isFalse();
        assertThat(Forms.as(null)
                        .header("Authorization", "Bearer " + token)
                        .get("/api/v1/me")
                        .statusCode())
                .isEqualTo(401);
        assertThat(Adapter.<Adapter>findById(liked.id).likes).isEqualTo(4);
        assertThat(Forms.signIn(person.name, Hub.PASSWORD).statusCode()).isEqualTo(422);
        Response again =
                Forms.post(null, "/register", "name", person.name, "password", Hub.PASSWORD, "again", Hub.PASSWORD);
        assertThat(Forms.errorOf(again, "name")).contains("is taken");
    }

    @Test
    void the_only_owner_of_an_adapter_must_delete_it_before_leaving() {
        Adapter adapter = hub.adapter(person, Visibility.PRIVATE);
        assertThat(Forms.page(Forms.as(session).get("/settings/delete"))
                        .select(".entry a")
                        .eachAttr("href"))
                .containsExactly(
                        "/" + person.name + "/" + adapter.name, "/" + person.name + "/" + adapter.name + "/edit");
        assertThat(Forms.post(session, "/settings/delete", "current", Hub.PASSWORD)
                        .statusCode())
                .isEqualTo(422);
        assertThat(Person.named(person.name)).isPresent();
    }

    @Test
    void a_publisher_of_several_persons_goes_on_without_one() {
        Person colleague = hub.person(Role.MEMBER);
        Adapter adapter = hub.adapter(colleague, Visibility.PUBLIC);
        QuarkusTransaction.requiringNew()
                .run(() -> Publisher.named(colleague.name).orElseThrow().members.add(Person.findById(person.id)));
        assertThat(Forms.post(session, "/settings/delete", "current", Hub.PASSWORD)
                        .statusCode())
                .isEqualTo(303);
        assertThat(Adapter.<Adapter>findById(adapter.id)).isNotNull();
        assertThat(Publisher.of(colleague)).hasSize(1);
    }

    @Test
    void a_wrong_confirmation_deletes_nothing() {
        assertThat(Forms.errorOf(Forms.post(session, "/settings/delete", "current", "x"), "current"))
                .isEqualTo("This is not your current password.");
        QuarkusTransaction.requiringNew().run(() -> Person.<Person>findById(person.id).passwordHash = null);
        assertThat(Forms.errorOf(Forms.post(session, "/settings/delete", "current", "somebody"), "current"))
                .isEqualTo("Type your account name, " + person.name + ".");
        assertThat(Forms.post(session, "/settings/delete", "current", person.name.toUpperCase())
                        .statusCode())
                .isEqualTo(303);
    }
}
