package io.lorahub.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.notice.Notice;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is deleted, what stays and who is notified when an adapter that others use is deleted. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AdapterDeletionEventTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final FinishedRuns runs;

    private Person owner;
    private Person other;
    private List<String> addresses;
    private String page;

    AdapterDeletionEventTest(Hub hub, DemoOnHub demo, FinishedRuns runs) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
    }

    @BeforeEach
    void publish() {
        owner = hub.person(Role.MEMBER);
        other = hub.person(Role.MEMBER);
        addresses = demo.publish(owner, "un", "past");
        page = "/" + addresses.get(0);
    }

    @Test
    void its_owner_deletes_it_with_its_files_and_what_others_found_and_made_of_it_stays() {
        CompositionRun run = runs.over(other, 4, addresses);
        Adapter made = madeOf(other, addresses);
        String session = hub.session(owner);
        String file = page + "/files/1.0.0/adapter_config.json";
        assertThat(AsBrowser.given().get(file).statusCode()).isEqualTo(200);
        Document asked = ask(session);
        assertThat(asked.select("form").text())
                .contains("cannot be undone", "1 published version of other adapters", "1 run has it");

        Response deleted = delete(session, asked);

        assertThat(deleted.statusCode()).as(deleted.asString()).isEqualTo(303);
        assertThat(AsBrowser.given().get(page).statusCode()).isEqualTo(404);
        assertThat(AsBrowser.given().get(file).statusCode()).isEqualTo(404);
        Person theOther = other;
        assertThat(AsBrowser.given(hub.session(theOther)).get("/runs/" + run.id).statusCode())
                .isEqualTo(200);
        assertThat(AsBrowser.given().get("/" + addresses.get(1)).statusCode()).isEqualTo(200);
        String composition = AsBrowser.given().get("/" + made.address()).asString();
        assertThat(composition).contains(addresses.get(1)).doesNotContain(addresses.get(0));
        assertThat(notices(other))
                .containsExactlyInAnyOrder("“un-past” is done.", "A part of %s was deleted.".formatted(made.address()));
        assertThat(notices(owner)).isEmpty();
    }

    @Test
    void an_administrator_deletes_it_and_its_owner_is_told() {
        madeOf(other, addresses);
        Person admin = hub.person(Role.ADMIN);

        RestAssured.given()
                .auth()
                .oauth2(hub.token(admin, Scope.ADMINISTER))
                .header("If-Match", "*")
                .delete("/api/v1/adapters" + page)
                .then()
                .statusCode(204);

        assertThat(AsBrowser.given().get(page).statusCode()).isEqualTo(404);
        assertThat(notices(owner)).containsExactly(addresses.get(0) + " was deleted.");
        assertThat(notices(other)).hasSize(1);
    }

    @Test
    void a_composition_is_deleted_and_its_parts_stay() {
        Adapter made = madeOf(owner, addresses);
        page = "/" + made.address();
        String session = hub.session(owner);

        assertThat(delete(session, ask(session)).statusCode()).isEqualTo(303);

        assertThat(AsBrowser.given().get(page).statusCode()).isEqualTo(404);
        for (String part : addresses) {
            assertThat(AsBrowser.given().get("/" + part).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void deleting_after_a_change_asks_once_more() {
        String session = hub.session(owner);
        Document asked = ask(session);
        QuarkusTransaction.requiringNew().run(() -> adapter().title = "Changed");

        Response late = delete(session, asked);

        assertThat(late.statusCode()).isEqualTo(412);
        Document again = Jsoup.parse(late.asString());
        assertThat(again.select("[role=alert]").text()).contains("It wasn't deleted");
        assertThat(delete(session, again).statusCode()).isEqualTo(303);
        assertThat(AsBrowser.given().get(page).statusCode()).isEqualTo(404);
    }

    private Document ask(String session) {
        return Jsoup.parse(AsBrowser.given(session).get(page + "/delete").asString());
    }

    private Response delete(String session, Document asked) {
        return AsBrowser.given(session)
                .formParam("edition", asked.select("[name=edition]").val())
                .post(page + "/delete");
    }

    private Adapter adapter() {
        return at(addresses.get(0));
    }

    private static Adapter at(String address) {
        return Adapter.at(address.split("/")[0], address.split("/")[1]).orElseThrow();
    }

    private Adapter madeOf(Person author, List<String> parts) {
        Adapter made = hub.adapter(author, Visibility.PUBLIC);
        QuarkusTransaction.requiringNew()
                .run(() -> parts.forEach(part -> Adapter.getEntityManager()
                        .createNativeQuery("insert into version_part values (?1, ?2, 1)")
                        .setParameter(1, made.newest().id)
                        .setParameter(2, at(part).newest().id)
                        .executeUpdate()));
        return made;
    }

    @Test
    void a_notice_does_not_name_a_part_that_is_not_public() {
        madeOf(other, addresses);
        QuarkusTransaction.requiringNew().run(() -> {
            Adapter part =
                    Adapter.at(owner.name, addresses.get(0).split("/")[1]).orElseThrow();
            part.visibility = Visibility.PRIVATE;
        });
        String session = hub.session(owner);

        assertThat(delete(session, ask(session)).statusCode()).isEqualTo(303);

        List<String> texts = QuarkusTransaction.requiringNew()
                .call(() -> Notice.<Notice>list("personId", other.id).stream()
                        .map(notice -> notice.body)
                        .toList());
        assertThat(texts).hasSize(1);
        assertThat(texts.get(0))
                .startsWith("An adapter that isn't public, a part of it, was deleted.")
                .doesNotContain(addresses.get(0));
    }

    private static List<String> notices(Person person) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Notice.<Notice>list("personId", person.id).stream()
                        .map(notice -> notice.title)
                        .toList());
    }
}
