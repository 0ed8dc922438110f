package io.lorahub.composition.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.not;

import io.lorahub.composition.task.TaskResult;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Candidates found by searching, and those that the hub suggests. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ComposeCandidatesTest extends ComposeFormSending {

    ComposeCandidatesTest(Hub hub, DemoOnHub demo, ComposeDrafts drafts) {
        super(hub, demo, drafts);
    }

    @Test
    void adapters_are_found_by_words_and_by_tag() {
        form("find")
                .multiPart("find", candidates.get(0))
                .post("/compose")
                .then()
                .statusCode(303);
        assertThat(draft().candidates)
                .anySatisfy(c -> assertThat(c.address()).isEqualTo(candidates.get(0)))
                .noneMatch(ListedCandidate::chosen);

        form("tag").multiPart("tag", "spelling").post("/compose").then().statusCode(303);
        assertThat(draft().chosen()).isNotEmpty().hasSizeLessThanOrEqualTo(50);
    }

    @Test
    void the_hub_suggests_adapters_that_do_well_on_the_examples() {
        form("suggest").post("/compose").then().statusCode(422).body(containsString("Give examples with input"));
        form("suggest")
                .multiPart("base_model", "lorahub/demo-base")
                .multiPart("listed", candidates.get(0))
                .multiPart("why", "Found by prefix")
                .multiPart("listed", "no/such")
                .multiPart("why", "In the basket")
                .multiPart("input", "lock")
                .multiPart("output", "unlock")
                .multiPart("input", "happy")
                .multiPart("output", "unhappy")
                .post("/compose")
                .then()
                .statusCode(303);

        await().atMost(SOON).until(() -> {
            RunForm waiting = draft();
            if (waiting.question().isPresent()) { // the form that the page sends again has what is listed
                RequestSpecification again = form("suggested").multiPart("suggestion", waiting.suggestion);
                waiting.candidates.forEach(
                        c -> again.multiPart("listed", c.address()).multiPart("why", c.why()));
                again.post("/compose");
            }
            return draft().question().isEmpty();
        });
        assertThat(draft().candidates.get(0).address()).endsWith("/un");
        assertThat(draft().candidates.get(0).chosen()).isTrue();
        assertThat(draft().candidates.get(0).why())
                .matches("Alone the loss falls from [\\d.]+ to [\\d.e-]+; place 1 of \\d+");
        assertThat(draft().candidates)
                .as("what was listed before is ranked with the others, in the version that was listed")
                .filteredOn(c -> c.address().equals(candidates.get(0)))
                .singleElement()
                .satisfies(c -> assertThat(c.why()).contains(" the loss ", "; ", "place "));
        assertThat(draft().candidates).last().isEqualTo(new ListedCandidate("no/such", "In the basket", false));
    }

    @Test
    void more_candidates_than_a_run_can_have_are_not_looked_up_and_the_form_says_so() {
        String limit = "These are 51 adapters; at most 50 are allowed.";

        listing("", 51)
                .multiPart("base_model", "lorahub/demo-base")
                .post("/compose/preview")
                .then()
                .statusCode(200)
                .body(containsString(limit), not(containsString("data-memory")));
        listing("start", 51).post("/compose").then().statusCode(422).body(containsString(limit));
        assertThat(draft().chosen()).hasSize(51);
    }

    @Test
    void a_list_without_room_for_all_candidates_is_cut_and_the_form_says_so() {
        listing("", 300).post("/compose/draft").then().statusCode(204);
        assertThat(draft().candidates).hasSize(250);

        listing("start", 300)
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString(
                        "The list has room for 250 adapters, so the last 50 of these are left out. Start with fewer."));
    }

    private RequestSpecification listing(String action, int count) {
        RequestSpecification form = form(action);
        for (int i = 0; i < count; i++) {
            form.multiPart("listed", "no/such-" + i).multiPart("candidate", "no/such-" + i);
        }
        return form;
    }

    @Test
    void a_suggestion_from_some_of_the_adapters_says_so() {
        TaskResult.CandidateScore best = new TaskResult.CandidateScore(1, "demo/un", "1.0.0", 0.5, List.of(), 2, 0.5);
        assertThat(CandidateFinder.sentence(new TaskResult.Suggest(2, List.of(best), 200, 5000, List.of())))
                .contains("200 of 5,000 compatible adapters", "the most liked and downloaded ones");
        assertThat(CandidateFinder.sentence(new TaskResult.Suggest(2, List.of(best), 23, 24, List.of("One failed."))))
                .startsWith("23 of 24 adapters were tried")
                .contains("the others could not be applied");
        assertThat(CandidateFinder.sentence(new TaskResult.Suggest(2, List.of(best), 24, 24, List.of())))
                .startsWith("All 24 compatible adapters were tried");
    }
}
