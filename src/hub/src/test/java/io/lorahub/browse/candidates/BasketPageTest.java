package io.lorahub.browse.candidates;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.SessionCookie;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class BasketPageTest {

    private final Hub hub;

    private String cookie = "";

    BasketPageTest(Hub hub) {
        this.hub = hub;
    }

    @Test
    void anonymous_visitors_can_add_and_remove_candidates() {
        Person owner = hub.person(Role.MEMBER);
        Adapter first = hub.adapter(owner, Visibility.PUBLIC);
        Adapter second = hub.adapter(owner, Visibility.PUBLIC);
        assertThat(page("/candidates").select(".empty-title").text()).isEqualTo("No candidates yet");

        Response added = post("/candidates/add", "/" + first.address(), first);
        assertThat(added.statusCode()).isEqualTo(303);
        assertThat(added.header("Location")).endsWith("/" + first.address());
        post("/candidates/add", "/", second);
        assertThat(page("/" + first.address())
                        .select(".topbar a[href=/candidates] .count")
                        .text())
                .startsWith("2");
        assertThat(addresses(page("/candidates"))).containsExactly("/" + first.address(), "/" + second.address());

        post("/candidates/remove", "/candidates", first);
        assertThat(addresses(page("/candidates"))).containsExactly("/" + second.address());
        post("/candidates/clear", "/candidates");
        assertThat(addresses(page("/candidates"))).isEmpty();
        assertThat(cookie).isEmpty();
    }

    @Test
    void the_page_of_an_adapter_says_whether_it_is_one() {
        Adapter adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        assertThat(page("/" + adapter.address())
                        .select("form[action=/candidates/add] button")
                        .text())
                .isEqualTo("Add to candidates");
        post("/candidates/add", "/", adapter);
        assertThat(page("/" + adapter.address()).select("form[action=/candidates/remove] button[aria-pressed=true]"))
                .hasSize(1);
    }

    @Test
    void other_base_models_stand_apart_with_the_reason() {
        Person owner = hub.person(Role.MEMBER);
        Adapter one = hub.adapter(owner, Visibility.PUBLIC);
        Adapter other = hub.adapter(owner, Visibility.PUBLIC);
        QuarkusTransaction.requiringNew()
                .run(() -> Adapter.<Adapter>findById(other.id).baseModel = "google/flan-t5-xl");
        post("/candidates/add", "/", one, other);

        Document page = page("/candidates");
        assertThat(page.select(".section-head h2").eachText()).containsExactly(one.baseModel, "google/flan-t5-xl");
        assertThat(page.select(".notice").text()).contains("You cannot combine all of these", "2 base models");
        assertThat(page.select(".hint").text())
                .contains("Trained on google/flan-t5-xl, so they can't be combined with those for " + one.baseModel);
        assertThat(page.select("main a[href=/compose]")).isEmpty();

        post("/candidates/keep", "/candidates", one);
        assertThat(addresses(page("/candidates"))).containsExactly("/" + one.address());
    }

    @Test
    void adapters_that_the_viewer_cannot_see_are_neither_added_nor_kept() {
        Person owner = hub.person(Role.MEMBER);
        Adapter secret = hub.adapter(owner, Visibility.PRIVATE);
        assertThat(post("/candidates/add", "/", secret).statusCode()).isEqualTo(404);

        cookie = new BasketContents(List.of(secret.id)).text();
        assertThat(page("/candidates").select(".empty")).hasSize(1);
        assertThat(cookie).isEmpty();

        cookie = new BasketContents(List.of(secret.id)).text();
        Document own = Jsoup.parse(AsBrowser.given(hub.session(owner))
                .cookie(CandidateBasket.COOKIE.name(), cookie)
                .get("/candidates")
                .asString());
        assertThat(addresses(own)).containsExactly("/" + secret.address());
    }

    @Test
    void an_unlisted_adapter_is_a_candidate_of_who_has_its_address_and_not_of_who_guesses_its_id() {
        Adapter unlisted = hub.adapter(hub.person(Role.MEMBER), Visibility.UNLISTED);
        post("/candidates/add", "/", unlisted);
        assertThat(addresses(page("/candidates"))).containsExactly("/" + unlisted.address());
        String known = cookie;

        cookie = new BasketContents(List.of(unlisted.id)).text();
        assertThat(page("/candidates").select(".empty")).hasSize(1);
        cookie = Long.toString(unlisted.id, 36) + "-00000000";
        assertThat(page("/compose").text()).doesNotContain(unlisted.address());

        Person member = hub.person(Role.MEMBER);
        for (String sent : List.of(new BasketContents(List.of(unlisted.id)).text(), known)) {
            String session = AsBrowser.given()
                    .cookie(CandidateBasket.COOKIE.name(), sent)
                    .formParam("name", member.name)
                    .formParam("password", Hub.PASSWORD)
                    .post("/signin")
                    .cookie(SessionCookie.NAME);
            Document candidates =
                    Jsoup.parse(AsBrowser.given(session).get("/candidates").asString());
            assertThat(addresses(candidates)).hasSize(sent.equals(known) ? 1 : 0);
        }
    }

    @Test
    void a_member_has_the_same_candidates_in_every_browser_and_those_of_before_the_sign_in() {
        Person owner = hub.person(Role.MEMBER);
        Adapter before = hub.adapter(owner, Visibility.PUBLIC);
        Adapter later = hub.adapter(owner, Visibility.PUBLIC);
        Person member = hub.person(Role.MEMBER);
        post("/candidates/add", "/", before);

        Response signedIn = AsBrowser.given()
                .cookie(CandidateBasket.COOKIE.name(), cookie)
                .formParam("name", member.name)
                .formParam("password", Hub.PASSWORD)
                .post("/signin");
        assertThat(signedIn.statusCode()).isEqualTo(303);
        assertThat(signedIn.cookie(CandidateBasket.COOKIE.name())).isEmpty();
        String here = signedIn.cookie(SessionCookie.NAME);
        AsBrowser.given(here).formParam("adapter", later.address()).post("/candidates/add");

        Document elsewhere = Jsoup.parse(
                AsBrowser.given(hub.session(member)).get("/candidates").asString());
        assertThat(addresses(elsewhere)).containsExactly("/" + before.address(), "/" + later.address());
        AsBrowser.given(here).post("/candidates/clear");
        assertThat(addresses(Jsoup.parse(
                        AsBrowser.given(hub.session(member)).get("/candidates").asString())))
                .isEmpty();
    }

    @Test
    void a_candidate_that_was_taken_down_is_said_to_be_gone_once() {
        Adapter stays = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        Adapter goes = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        post("/candidates/add", "/", stays, goes);
        QuarkusTransaction.requiringNew().run(() -> {
            Adapter.<Adapter>findById(goes.id).state = AdapterState.TAKEN_DOWN;
            Adapter.<Adapter>findById(goes.id).stateReason = "Spam.";
        });

        Document page = page("/candidates");
        assertThat(page.select(".notice").text()).contains("One candidate is no longer available");
        assertThat(addresses(page)).containsExactly("/" + stays.address());
        assertThat(page("/candidates").select(".notice")).isEmpty();
    }

    @Test
    void a_full_basket_says_what_it_leaves_out() {
        Adapter adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        List<Long> ids = new ArrayList<>();
        for (long id = 1_000_000; ids.size() < CandidateBasket.MOST; id++) ids.add(id);
        cookie = new BasketContents(ids).text();

        String toast = post("/candidates/add", "/", adapter).cookie("lorahub_toast");
        assertThat(toast).contains("One+was+left+out").contains("100");
    }

    @Test
    void nobody_is_led_to_another_site() {
        Adapter adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        assertThat(post("/candidates/add", "//evil.example/", adapter).header("Location"))
                .endsWith("/")
                .doesNotContain("evil");
        assertThat(post("/candidates/add", "/").statusCode()).isEqualTo(422);
    }

    private static List<String> addresses(Document page) {
        return page.select(".row h3 a").eachAttr("href");
    }

    private Response post(String path, String back, Adapter... adapters) {
        var form =
                AsBrowser.given().cookie(CandidateBasket.COOKIE.name(), cookie).formParam("back", back);
        for (Adapter adapter : adapters) form.formParam("adapter", adapter.address());
        return kept(form.post(path));
    }

    private Document page(String path) {
        return Jsoup.parse(kept(AsBrowser.given()
                        .cookie(CandidateBasket.COOKIE.name(), cookie)
                        .get(path))
                .asString());
    }

    /** As a browser does with the cookie. */
    private Response kept(Response response) {
        if (response.cookies().containsKey(CandidateBasket.COOKIE.name()))
            cookie = response.cookie(CandidateBasket.COOKIE.name());
        return response;
    }
}
