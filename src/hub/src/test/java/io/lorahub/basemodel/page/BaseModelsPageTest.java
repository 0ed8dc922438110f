package io.lorahub.basemodel.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class BaseModelsPageTest {

    private final Hub hub;
    private final DemoOnHub demo;

    BaseModelsPageTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @Test
    void registered_ones_and_those_that_adapters_name_have_pages() {
        Person owner = hub.person(Role.MEMBER);
        demo.publish(owner, "un", "past");
        Adapter other = hub.adapter(owner, Visibility.PUBLIC);
        String name = "some lab/model+" + other.id;
        QuarkusTransaction.requiringNew().run(() -> Adapter.<Adapter>findById(other.id).baseModel = name);

        Document all = page("/base-models");
        assertThat(all.select("section:has(#here) th[scope=row] a").eachText()).contains(DemoHub.BASE_MODEL);
        String path =
                all.select("section:has(#others) a:contains(" + name + ")").attr("href");
        Document one = page(path);
        assertThat(one.select("h1").text()).isEqualTo(name);
        assertThat(one.select(".notice").text()).contains("Not registered here");
        assertThat(one.select(".row h3 a").eachAttr("href")).containsExactly("/" + other.address());

        Document registered = page("/base-models/" + DemoHub.BASE_MODEL);
        assertThat(registered.select("aside dl").text()).contains("t5", "1,600,000");
        String config = registered.select("aside .fold a:contains(config.json)").attr("href");
        assertThat(AsBrowser.given().get(config).asString()).contains("\"model_type\": \"t5\"");
        assertThat(page(registered.select(".section-head a").attr("href"))
                        .select(".chosen")
                        .text())
                .contains(DemoHub.BASE_MODEL);
        AsBrowser.given().get("/base-models/no/such").then().statusCode(404);
    }

    @Test
    void what_another_tab_has_removed_is_said_to_be_gone_and_what_is_used_stays() {
        String session = hub.session(hub.person(Role.ADMIN));
        String remove = "/admin/base-models/remove";
        var gone = AsBrowser.given(session).formParam("name", "lab/gone").post(remove);
        assertThat(gone.statusCode()).isEqualTo(303);
        assertThat(gone.cookie("lorahub_toast")).contains("registered+any+more");

        demo.publish(hub.person(Role.MEMBER), "un", "past");
        var used =
                AsBrowser.given(session).formParam("name", DemoHub.BASE_MODEL).post(remove);
        assertThat(used.statusCode()).isEqualTo(409);
        assertThat(Jsoup.parse(used.asString()).text())
                .containsPattern(DemoHub.BASE_MODEL + " can't be removed: [\\d,]+ adapters? names? it");
    }

    @Test
    void the_prepared_task_is_offered_where_the_demo_hub_is() {
        demo.publish(hub.person(Role.MEMBER), "un", "past");
        assertThat(page("/")
                        .select("form[method=post][action=/compose/demo] button")
                        .text())
                .isEqualTo("Try it: un-past");
    }

    private static Document page(String address) {
        var response = AsBrowser.given().urlEncodingEnabled(false).get(address);
        assertThat(response.statusCode()).as(address).isEqualTo(200);
        return Jsoup.parse(response.asString());
    }
}
