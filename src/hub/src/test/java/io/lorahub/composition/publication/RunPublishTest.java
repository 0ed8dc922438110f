package io.lorahub.composition.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Role;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.composition.CompositionRun;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.select.Elements;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@WithUploadChecks
class RunPublishTest extends RunPublishFixture {

    RunPublishTest(Hub hub, DemoOnHub demo, FinishedRuns finished) {
        super(hub, demo, finished);
    }

    @Test
    void the_card_is_prefilled_from_run_and_parts() {
        CompositionRun run = finished.over(member, 20, parts);

        String html = AsBrowser.given(session)
                .get(page(run) + "?name=un-past")
                .then()
                .statusCode(200)
                .extract()
                .asString();

        assertThat(html)
                .contains("licence of the mix: MIT", "value=\"un-past\"", "value=\"spelling\"")
                .contains("Puts un before a word and makes it past.", "| Adapter | Version | Weight | By | Licence |")
                .contains(parts.get(0), parts.get(1));
    }

    @Test
    void a_part_that_the_card_will_not_name_is_marked() {
        change(parts.get(0), part -> part.visibility = Visibility.UNLISTED);
        AsBrowser.given(session)
                .get(page(finished.over(member, 20, parts)))
                .then()
                .body(containsString("The mix won't name it, as it isn't public."))
                .body(containsString("| An adapter that is not public |"));
    }

    @Test
    void a_published_mix_and_its_parts_name_each_other() {
        CompositionRun run = finished.over(member, 20, parts);
        String address = published(send(run, "un-past", "public"));

        assertThat(address).isEqualTo(member.name + "/un-past");
        String page = AsBrowser.given()
                .get("/" + address)
                .then()
                .statusCode(200)
                .extract()
                .asString();
        String itsRun = "href=\"/runs/" + run.id + "\"";
        assertThat(page).contains(parts.get(0), parts.get(1), "Both at once.").doesNotContain(itsRun);
        AsBrowser.given(session).get("/" + address).then().body(containsString(itsRun));
        AsBrowser.given().get("/" + parts.get(0)).then().body(containsString(address));
        AsBrowser.given(session).get(page(run)).then().body(containsString("published this result already"));
    }

    @Test
    void taking_a_part_down_flags_what_was_made_of_it_and_keeps_more_from_being_made() {
        CompositionRun run = finished.over(member, 0, parts);
        published(send(run, "un-past"));
        String moderator = hub.session(hub.person(Role.MODERATOR));
        String address = "/" + member.name + "/un-past";
        AsBrowser.given(moderator).get(address).then().statusCode(200).body(not(containsString("was taken down")));

        change(parts.get(0), adapter -> {
            adapter.state = AdapterState.TAKEN_DOWN;
            adapter.stateReason = "Copied.";
        });

        AsBrowser.given(moderator).get(address).then().statusCode(200).body(containsString("taken down"));
        send(run, "again").then().statusCode(422).body(containsString("Moderators took down"));
    }

    @Test
    void licences_that_do_not_go_together_are_named() {
        change(parts.get(0), adapter -> adapter.licence = "CC-BY-SA-4.0");
        change(parts.get(1), adapter -> adapter.licence = "CC-BY-NC-4.0");
        CompositionRun run = finished.over(member, 0, parts);

        AsBrowser.given(session)
                .get(page(run))
                .then()
                .statusCode(200)
                .body(containsString("cannot be published"))
                .body(not(containsString("name=\"title\"")));
        send(run, "un-past").then().statusCode(422);
    }

    @Test
    void a_candidate_of_weight_zero_is_no_part() {
        CompositionRun run = finished.over(member, 0, parts);
        change(parts.get(0), adapter -> adapter.licence = "CC-BY-NC-4.0");
        change(parts.get(1), adapter -> adapter.licence = "CC-BY-SA-4.0");
        QuarkusTransaction.requiringNew().run(() -> {
            CompositionRun stored = CompositionRun.findById(run.id);
            ObjectNode result = stored.result.deepCopy();
            ((ObjectNode) result.get("weights")).put(parts.get(0), -0.0);
            stored.result = result;
        });

        AsBrowser.given(session)
                .get(page(run))
                .then()
                .statusCode(200)
                .body(containsString("licence of the mix: CC-BY-SA-4.0"))
                .body(not(containsString("/" + parts.get(0) + "\"")));
    }

    @Test
    void faults_stand_beside_their_fields_and_what_was_typed_stays() {
        CompositionRun run = finished.over(member, 0, parts);

        send(run, "Not A Name")
                .then()
                .statusCode(422)
                .body(containsString("cannot be a name"))
                .body(containsString("value=\"Prefix un- and past\""));
    }

    @Test
    void a_part_that_counts_next_to_nothing_gives_no_tags() {
        List<String> three = demo.publish(hub.person(Role.MEMBER), "un", "past", "agent");
        change(three.get(0), adapter -> adapter.tags = List.of("weighty"));
        change(three.get(2), adapter -> adapter.tags = List.of("faint"));

        AsBrowser.given(session)
                .get(page(finished.over(member, 0, three)))
                .then()
                .statusCode(200)
                .body(containsString("weighty"), not(containsString("faint")));
    }

    /** A weight of 0.3 is no slight weight, but that of an adapter that changes the model little adds little. */
    @Test
    void a_part_counts_by_what_its_weight_changes() {
        List<String> three = demo.publish(hub.person(Role.MEMBER), "un", "past", "agent");
        change(three.get(1), adapter -> adapter.tags = List.of("weighty"));
        change(three.get(2), adapter -> {
            adapter.tags = List.of("faint");
            adapter.languages = List.of("tlh");
        });
        List<Double> norms = List.of(10.0, 12.0, 0.5);
        for (int i = 0; i < 3; i++) norm(three.get(i), norms.get(i));
        CompositionRun run = finished.over(member, 0, three);
        deliver(run, "weights", Map.of(three.get(0), 1.1, three.get(1), 0.9, three.get(2), 0.3));

        Document page = page(page(run) + "?name=weighed");

        assertThat(page.select("[name=tags]").val()).isEqualTo("spelling, weighty");
        assertThat(page.select("[name=languages]").val()).isEqualTo("en");
        assertThat(page.select("section[aria-labelledby=parts-t] details tbody a")
                        .eachText())
                .containsExactly(three.get(2));
        assertThat(page.select("section[aria-labelledby=parts-t] tbody a").eachText())
                .containsExactly(three.get(0), three.get(1), three.get(2));
        String card = page.select("[name=description]").val();
        assertThat(card).containsSubsequence("<details>", "[un]", "[past]", "[agent]", "</details>");

        String address = "/" + published(send(run, "weighed"));

        Elements lineage = page(address).select("#lineage");
        assertThat(lineage.select("> .table-wrap tbody a").eachText()).containsExactly(three.get(0), three.get(1));
        assertThat(lineage.select("details.fold tbody tr").eachText())
                .singleElement()
                .asString()
                .contains(three.get(2), "+0.300");
        assertThat(lineage.select("svg").text()).contains("1 more").doesNotContain(three.get(2));
        assertThat(page("/" + three.get(2)).select("#lineage details.fold").text())
                .contains("As a slight part of 1 composition", address.substring(1));
        assertThat(page("/" + three.get(0)).select("#lineage details.fold")).isEmpty();
    }

    @Test
    void card_lineage_and_the_parts_own_pages_have_the_same_weights_of_thirds_without_the_run() {
        CompositionRun run = finished.inThirds(member, parts);
        deliver(
                run,
                "layer_weights",
                Map.of(
                        parts.get(0), Map.of("first", 1.078, "middle", 1.116, "last", 1.153),
                        parts.get(1), Map.of("first", 0.8, "middle", -0.5)));
        deliver(run, "weights", Map.of(parts.get(0), 1.153, parts.get(1), 0.8));
        String un = "first +1.078, middle +1.116, last +1.153";
        String past = "first +0.800, middle −0.500, last 0.000";

        assertThat(page(page(run)).select("[name=description]").val()).contains(un, past);

        String address = "/" + published(send(run, "in-thirds"));
        AsBrowser.given(session)
                .post("/runs/%s/delete".formatted(run.id))
                .then()
                .statusCode(303);

        Elements lineage = page(address).select("#lineage");
        assertThat(lineage.select("thead").text()).isEqualTo("Adapter Version first middle last");
        assertThat(lineage.select("tbody tr").eachText().get(0)).endsWith("1.0.0 +1.078 +1.116 +1.153");
        assertThat(lineage.select("tbody tr").eachText().get(1)).endsWith("1.0.0 +0.800 −0.500 0.000");
        assertThat(lineage.select("svg .sub").eachText()).contains("weights +1.078 to +1.153");
        assertThat(page("/" + parts.get(0)).select("#lineage td.num").eachText())
                .containsExactly(un);
        assertThat(page("/" + parts.get(1)).select("#lineage td.num").eachText())
                .containsExactly(past);
    }

    private Document page(String path) {
        return Jsoup.parse(AsBrowser.given(session)
                .get(path)
                .then()
                .statusCode(200)
                .extract()
                .asString());
    }

    /** As the upload check reads it from the files. */
    private static void norm(String address, double norm) {
        change(address, adapter -> {
            AdapterVersion version = adapter.newest();
            ObjectNode facts = version.facts.deepCopy();
            for (int i = 0; i < 4; i++) facts.withArray("layers").addObject().put("norm", norm / 2);
            version.facts = facts;
        });
    }

    /** Changes what the search has found. */
    private static void deliver(CompositionRun run, String field, Object value) {
        QuarkusTransaction.requiringNew().run(() -> {
            CompositionRun stored = CompositionRun.findById(run.id);
            ObjectNode result = stored.result.deepCopy();
            result.set(field, new ObjectMapper().valueToTree(value));
            stored.result = result;
        });
    }

    @Test
    void only_the_owner_publishes() {
        CompositionRun run = finished.over(member, 0, parts);
        String other = hub.session(hub.person(Role.MEMBER));

        AsBrowser.given(other).get(page(run)).then().statusCode(404);
        AsBrowser.given(other).formParam("name", "mine").post(page(run)).then().statusCode(404);
        AsBrowser.given().get(page(run)).then().statusCode(303);
    }
}
