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
import org.jsoup.nodes.Document;
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
    void a_group_that_goes_with_its_last_member_leaves_its_name_to_nobody() {
        String group = "lab-" + person.name;
        QuarkusTransaction.requiringNew().run(() -> {
            Publisher lab = new Publisher();
            lab.name = group;
            lab.title = group;
            lab.members.add(Person.findById(person.id));
            lab.persist();
        });

        assertThat(Forms.post(session, "/settings/delete", "current", Hub.PASSWORD)
                        .statusCode())
                .isEqualTo(303);

        assertThat(Publisher.named(group)).isEmpty();
        Response again = Forms.post(null, "/register", "name", group, "password", Hub.PASSWORD, "again", Hub.PASSWORD);
        assertThat(Forms.errorOf(again, "name")).contains("is taken");
    }

    @Test
    void the_only_owner_of_adapters_agrees_to_their_deletion_or_keeps_all() {
        Adapter adapter = hub.adapter(person, Visibility.PRIVATE);
        Document page = Forms.page(Forms.as(session).get("/settings/delete"));
        assertThat(page.select(".entry a").eachAttr("href"))
                .containsExactly(
                        "/" + person.name + "/" + adapter.name, "/" + person.name + "/" + adapter.name + "/edit");
        assertThat(page.select("[name=adapters]").val()).isEqualTo("1");

        Response silent = Forms.post(session, "/settings/delete", "current", Hub.PASSWORD);
        assertThat(silent.statusCode()).isEqualTo(422);
        assertThat(Forms.errorOf(silent, "adapters")).startsWith("Agree that your adapters are deleted too");
        hub.adapter(person, Visibility.PUBLIC);
        Response outdated = Forms.post(session, "/settings/delete", "current", Hub.PASSWORD, "adapters", "1");
        assertThat(Forms.errorOf(outdated, "adapters")).startsWith("Your adapters have changed meanwhile");
        assertThat(Person.named(person.name)).isPresent();
        assertThat(Adapter.count("publisher.name", person.name)).isEqualTo(2);

        assertThat(Forms.post(session, "/settings/delete", "current", Hub.PASSWORD, "adapters", "2")
                        .statusCode())
                .isEqualTo(303);
        assertThat(Person.named(person.name)).isEmpty();
        assertThat(Adapter.<Adapter>findById(adapter.id)).isNull();
        assertThat(Publisher.named(person.name)).isEmpty();
    }

    @Test
    void who_has_mixed_one_of_the_deleted_adapters_keeps_the_mix_and_is_told() {
        Adapter part = hub.adapter(person, Visibility.PUBLIC);
        Person composer = hub.person(Role.MEMBER);
        Adapter mix = hub.adapter(composer, Visibility.PUBLIC);
        Adapter own = hub.adapter(person, Visibility.PUBLIC);
        contains(mix, part);
        contains(own, part);

        assertThat(Forms.page(Forms.as(session).get("/settings/delete"))
                        .select(".prose")
                        .text())
                .contains("2 adapters without another owner are deleted")
                .contains("1 published version of other members' adapters contains one of them.");
        assertThat(Forms.post(session, "/settings/delete", "current", Hub.PASSWORD, "adapters", "2")
                        .statusCode())
                .isEqualTo(303);
        assertThat(Adapter.<Adapter>findById(mix.id)).isNotNull();
        assertThat(Forms.page(Forms.as(hub.session(composer)).get("/inbox"))
                        .select("main")
                        .text())
                .contains("A part of %s/%s was deleted.".formatted(composer.name, mix.name));
    }

    private static void contains(Adapter whole, Adapter part) {
        QuarkusTransaction.requiringNew()
                .run(() -> Adapter.getEntityManager()
                        .createNativeQuery("""
                        insert into version_part (version_id, part_id, weight)
                        select whole.id, part.id, 1 from adapter_version whole, adapter_version part
                        where whole.adapter_id = ?1 and part.adapter_id = ?2""")
                        .setParameter(1, whole.id)
                        .setParameter(2, part.id)
                        .executeUpdate());
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
