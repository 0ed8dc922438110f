package io.lorahub.composition.form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;

import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Examples that are typed, pasted or uploaded. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ComposeExamplesTest extends ComposeFormSending {

    ComposeExamplesTest(Hub hub, DemoOnHub demo, ComposeDrafts drafts) {
        super(hub, demo, drafts);
    }

    @Test
    void pasted_rows_and_files_become_examples() {
        form("paste")
                .multiPart("pasted", "pack\tunpacked\ntie\tuntied")
                .multiPart(
                        "file",
                        "rows.jsonl",
                        "{\"input\":\"tie\",\"output\":\"untied\"}".getBytes(StandardCharsets.UTF_8))
                .post("/compose")
                .then()
                .statusCode(303)
                .header("Location", endsWith("/compose#task"));

        assertThat(draft().examples).extracting(e -> e.output()).containsExactly("unpacked", "untied", "untied");
    }

    @Test
    void rows_that_cannot_be_read_stay_where_they_were_pasted() {
        for (String button : List.of("paste", "start")) {
            form(button)
                    .multiPart("pasted", "pack\tunpacked\na;b\nc;d")
                    .multiPart("find", "negation")
                    .post("/compose")
                    .then()
                    .statusCode(422)
                    .body(containsString("Pasted rows, line 2: a row needs an input and an output"))
                    .body(containsString("Pasted rows, line 3: a row needs"))
                    .body(containsString("\npack\tunpacked\na;b\nc;d</textarea>"))
                    .body(containsString("value=\"negation\""))
                    .body(not(containsString("Give a few examples")));
        }
        page().body(containsString("a;b"));
    }

    @Test
    void rows_that_were_only_pasted_count_as_examples_and_the_header_is_named() {
        RequestSpecification form = form("start")
                .multiPart("title", "un-past")
                .multiPart("pasted", "question,answer,id\nlock,unlocked,1\nfold,unfolded,2")
                .multiPart("budget", "4");
        candidates.forEach(a -> form.multiPart("listed", a).multiPart("candidate", a));
        ValidatableResponse started = form.post("/compose").then().statusCode(303);

        String location = started.extract().header("Location");
        assertThat(run(UUID.fromString(location.substring(location.lastIndexOf('/') + 1)))
                        .spec
                        .examples())
                .extracting(e -> e.output())
                .containsExactly("unlocked", "unfolded");
        AsBrowser.given(session)
                .cookie("lorahub_toast", started.extract().cookie("lorahub_toast"))
                .get("/runs")
                .then()
                .body(containsString("The first row was taken as the header: “question”, “answer”, “id”."))
                .body(containsString("Left out: “id”."));
    }

    @Test
    void a_file_that_is_too_large_is_refused_beside_its_field_and_the_title_stays() {
        form("start")
                .multiPart("title", "typed before")
                .multiPart("file", "rows.csv", "a,b\n".repeat(300_000).getBytes(StandardCharsets.UTF_8))
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("rows.csv has 1,200,000 bytes; the limit is 900,000."))
                .body(containsString("typed before"));
        page().body(containsString("typed before"));
    }

    @Test
    void a_file_without_rows_is_said_to_have_none() {
        for (String content : List.of("", "\n\n", "input,output\n")) {
            form("paste")
                    .multiPart("file", "none.csv", content.getBytes(StandardCharsets.UTF_8))
                    .post("/compose")
                    .then()
                    .statusCode(422)
                    .body(containsString("none.csv has no rows."));
        }
        form("paste").multiPart("file", "", new byte[0]).post("/compose").then().statusCode(303);
    }

    @Test
    void a_script_asks_how_rows_are_understood() {
        AsBrowser.given(session)
                .formParam("pasted", "input\toutput\n\"two\nlines\"\tyes")
                .post("/compose/rows")
                .then()
                .statusCode(200)
                .body("examples[0].input", equalTo("two\nlines"))
                .body("notes[0]", containsString("header"))
                .body("faults", hasSize(0));
    }

    @Test
    void of_many_examples_all_but_five_are_held_out() {
        RequestSpecification form = form("split");
        for (int i = 0; i < 12; i++) form.multiPart("input", "word " + i).multiPart("output", "unword " + i);
        form.post("/compose").then().statusCode(303);

        assertThat(draft().examples).hasSize(5);
        assertThat(draft().heldOut.lines()).hasSize(7);
    }

    @Test
    void held_out_examples_must_be_new_ones() {
        filled("start")
                .multiPart("held_out", "bend\tunbended\nlock\tunlocked")
                .post("/compose")
                .then()
                .statusCode(422)
                .body(containsString("No. 2 is also among the examples"));
    }
}
