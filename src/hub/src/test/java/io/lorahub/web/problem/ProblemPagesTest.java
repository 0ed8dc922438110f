package io.lorahub.web.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import io.lorahub.account.Role;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ProblemPagesTest {

    @Inject
    Hub hub;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /test/trouble/not-found  | 404 | There is no adapter at this address
                    /no/such/page/anywhere   | 404 | There is nothing at this address
                    /static/nothing.css      | 404 | There is nothing at this address
                    /test/trouble/forbidden  | 403 | You can't do this
                    /test/trouble/conflict   | 409 | This conflicts with another change
                    /test/trouble/gone       | 410 | This is no longer here
                    /test/trouble/changed    | 412 | This has changed
                    /test/trouble/stale      | 409 | This conflicts with another change
                    /test/trouble/invalid    | 422 | Some values need a change
                    /test/trouble/too-many   | 429 | That was too much at once
                    /test/trouble/post/form       | 405 | This address doesn't support that
                    /test/trouble/limit?limit=101 | 422 | Some values need a change
                    /test/trouble/anything   | 500 | Something went wrong on our side
                    """)
    void each_trouble_is_a_page_that_says_so(String path, int status, String headline) {
        Document page = page(path, status);
        assertThat(page.select("h1").text()).isEqualTo(headline);
        assertThat(page.title()).isEqualTo(headline + " · LoraHub");
        assertThat(page.select(".problem-code").text()).isEqualTo(Integer.toString(status));
        assertThat(page.select("header.topbar nav a")).isNotEmpty();
    }

    @Test
    void a_fault_of_ours_shows_an_id_and_nothing_internal() {
        Document page = page("/test/trouble/anything", 500);
        assertThat(page.text()).doesNotContain("secret", "Exception");
        assertThat(page.select(".code code").text()).matches("[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{2}");
        assertThat(page("/test/trouble/stale", 409).text()).doesNotContain("secret");
    }

    @Test
    void all_causes_are_listed_and_escaped() {
        Document page = page("/test/trouble/invalid", 422);
        assertThat(page.select(".causes li").eachText())
                .containsExactly("title: The title is empty.", "rank: The rank <b>9</b> is odd.");
    }

    @Test
    void anonymous_visitors_are_led_to_the_sign_in_and_back() {
        for (String kind : new String[] {"unauthorized", "members", "admins"}) {
            AsBrowser.given()
                    .get("/test/trouble/" + kind + "?a=b")
                    .then()
                    .statusCode(303)
                    .header("Location", containsString("/signin?next=%2Ftest%2Ftrouble%2F" + kind + "%3Fa%3Db"));
        }
    }

    @Test
    void a_form_that_came_after_the_session_ended_leads_back_to_its_page() {
        AsBrowser.given("no-such-session")
                .header("Referer", "http://localhost/settings/tokens?x")
                .header("HX-Request", "true")
                .get("/test/trouble/unauthorized")
                .then()
                .statusCode(401)
                .header("HX-Redirect", "/signin?next=%2Fsettings%2Ftokens&note=signed-out");
    }

    @Test
    void a_member_without_the_role_is_refused_with_the_account_in_the_frame() {
        String session = hub.session(hub.person(Role.MEMBER));
        Document page = Jsoup.parse(AsBrowser.given(session)
                .get("/test/trouble/admins")
                .then()
                .statusCode(403)
                .extract()
                .asString());
        assertThat(page.select("h1").text()).isEqualTo("You can't do this");
        assertThat(page.select("summary:contains(Account menu)")).hasSize(1);
    }

    @Test
    void the_wait_is_said_in_a_header() {
        AsBrowser.given().get("/test/trouble/too-many").then().header("Retry-After", "30");
    }

    @Test
    void pages_about_missing_things_link_to_their_list() {
        assertThat(page("/no/such/page/anywhere", 404).select(".actions a").attr("href"))
                .isEqualTo("/adapters");
        assertThat(page("/runs/00000000-0000-0000-0000-000000000000", 404)
                        .select(".actions a")
                        .attr("href"))
                .isEqualTo("/runs");
    }

    @Test
    void a_problem_has_no_body_for_HEAD() {
        AsBrowser.given().head("/test/trouble/not-found").then().statusCode(404);
    }

    private static Document page(String path, int status) {
        return Jsoup.parse(AsBrowser.given()
                .get(path)
                .then()
                .statusCode(status)
                .contentType("text/html;charset=UTF-8")
                .extract()
                .asString());
    }
}
