package io.lorahub.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class NoticesTest {

    private final Hub hub;
    private final NotificationInbox inbox;
    private Person person;
    private String session;

    NoticesTest(Hub hub, NotificationInbox inbox) {
        this.hub = hub;
        this.inbox = inbox;
    }

    @BeforeEach
    void signIn() {
        person = hub.person(Role.MEMBER);
        session = hub.session(person);
    }

    @Test
    void an_empty_inbox_says_what_will_come() {
        assertThat(page("/inbox").select(".empty").text()).contains("Nothing here yet");
        assertThat(AsBrowser.given().get("/inbox").statusCode()).isNotEqualTo(200);
    }

    @Test
    void opening_a_notice_marks_it_read_and_leads_to_what_it_is_about() {
        send("<b>Taken down</b>", "/lab-a/un");
        Document before = page("/inbox");
        assertThat(before.select(".entry-title").text()).isEqualTo("<b>Taken down</b> New");
        assertThat(before.select("main b")).isEmpty();
        Response opened =
                AsBrowser.given(session).post(before.select(".entry form").attr("action"));
        assertThat(opened.header("Location")).endsWith("/lab-a/un");
        assertThat(page("/inbox").select(".entry .badge")).isEmpty();
    }

    @Test
    void a_link_to_another_site_leads_nowhere() {
        send("Free adapters", "//elsewhere.example/");
        Response opened = AsBrowser.given(session)
                .post(page("/inbox").select(".entry form").attr("action"));
        assertThat(opened.header("Location")).matches("http://localhost:\\d+/");
    }

    @Test
    void notices_of_others_are_not_there() {
        send("Mine", "");
        long id = Notice.<Notice>find("personId", person.id).firstResult().id;
        String other = hub.session(hub.person(Role.ADMIN));
        assertThat(AsBrowser.given(other).post("/inbox/" + id + "/open").statusCode())
                .isEqualTo(404);
        String token = hub.token(hub.person(Role.ADMIN), Scope.ADMINISTER);
        assertThat(bearer(token).post("/api/v1/me/notices/" + id + "/read").statusCode())
                .isEqualTo(404);
        assertThat(Notice.<Notice>findById(id).readAt).isNull();
    }

    @Test
    void all_are_marked_at_once() {
        for (int i = 0; i < 3; i++) send("Notice " + i, "");
        assertThat(AsBrowser.given(session).post("/inbox/read").statusCode()).isEqualTo(303);
        assertThat(Notice.count("personId = ?1 and readAt is null", person.id)).isZero();
    }

    @Test
    void a_long_inbox_comes_in_pages_the_newest_first() {
        for (int i = 1; i <= 45; i++) send("Notice " + i, "");
        Document first = page("/inbox");
        assertThat(first.select(".entry")).hasSize(20);
        Document second = page(first.select("a[rel=next]").attr("href"));
        Document third = page(second.select("a[rel=next]").attr("href"));
        assertThat(third.select(".entry-title").eachText())
                .startsWith("Notice 5 New")
                .hasSize(5);
        assertThat(third.select("a[rel=next]")).isEmpty();
        assertThat(third.select("a[rel=prev]").attr("href")).isEqualTo("/inbox");
    }

    @Test
    void programs_read_and_mark_them_too() {
        for (int i = 1; i <= 3; i++) send("Notice " + i, "");
        String token = hub.token(person, Scope.WRITE);
        Response first = bearer(token).get("/api/v1/me/notices?limit=2");
        first.then().statusCode(200).body("title", contains("Notice 3", "Notice 2"));
        String next = first.header("Link").replaceAll(".*<([^>]*)>.*rel=\"next\".*", "$1");
        bearer(token).get(next).then().body("title", contains("Notice 1")).header("Link", (String) null);

        String readToken = hub.token(person, Scope.READ);
        assertThat(bearer(readToken).post("/api/v1/me/notices/read").statusCode())
                .isEqualTo(403);
        assertThat(bearer(token).post("/api/v1/me/notices/read").statusCode()).isEqualTo(204);
        assertThat(bearer(token).get("/api/v1/me/notices?limit=0").statusCode()).isEqualTo(422);
        assertThat(bearer(token).get("/api/v1/me/notices?before=x").statusCode())
                .isIn(400, 404);
    }

    private void send(String title, String link) {
        QuarkusTransaction.requiringNew().run(() -> inbox.send(person.id, title, "Because.", link));
    }

    private Document page(String path) {
        return Jsoup.parse(AsBrowser.given(session)
                .get(path)
                .then()
                .statusCode(200)
                .extract()
                .asString());
    }

    private static io.restassured.specification.RequestSpecification bearer(String token) {
        return RestAssured.given().header("Authorization", "Bearer " + token);
    }
}
