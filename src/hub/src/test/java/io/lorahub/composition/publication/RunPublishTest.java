package io.lorahub.composition.publication;

import static io.lorahub.suite.ThirdSuite.OWN_APPLICATION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Role;
import io.lorahub.adapter.AdapterState;
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
import io.quarkus.test.junit.TestProfile;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@QuarkusTest
@Tag(OWN_APPLICATION)
@QuarkusTestResource(PostgresResource.class)
@TestProfile(WithUploadChecks.class)
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

    @Test
    void only_the_owner_publishes() {
        CompositionRun run = finished.over(member, 0, parts);
        String other = hub.session(hub.person(Role.MEMBER));

        AsBrowser.given(other).get(page(run)).then().statusCode(404);
        AsBrowser.given(other).formParam("name", "mine").post(page(run)).then().statusCode(404);
        AsBrowser.given().get(page(run)).then().statusCode(303);
    }
}
