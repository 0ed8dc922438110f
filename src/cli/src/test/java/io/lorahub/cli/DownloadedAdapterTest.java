package io.lorahub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A downloaded adapter does what its page says. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class DownloadedAdapterTest {

    private static final int HELD_OUT = 40;

    private final Hub hub;
    private final FinishedRuns finished;

    @TempDir
    Path folder;

    DownloadedAdapterTest(Hub hub, FinishedRuns finished) {
        this.hub = hub;
        this.finished = finished;
    }

    @Test
    void a_downloaded_adapter_is_as_good_as_the_page_says() throws IOException {
        Person member = hub.person(Role.MEMBER);
        CompositionRun run = finished.of(member, HELD_OUT, "un", "past", "re", "plural");
        byte[] zip = AsBrowser.given(hub.session(member))
                .get("/runs/%s/adapter.zip".formatted(run.id))
                .then()
                .statusCode(200)
                .extract()
                .asByteArray();
        Path file = Files.write(folder.resolve("un-past.zip"), zip);
        DemoHub demo = DemoHub.open();
        List<String> rows =
                Files.readAllLines(demo.task(FinishedRuns.TASK).heldOutFile()).subList(0, HELD_OUT);
        Path examples = Files.write(folder.resolve("held-out.jsonl"), rows);

        JsonNode json = Run.of(
                        "evaluate",
                        "--base",
                        demo.base(),
                        "--adapter",
                        file,
                        "--examples",
                        examples,
                        "--json",
                        "--predictions")
                .json();

        JsonNode composed = run.result.get("composed");
        assertThat(json.get("exact_match").asDouble())
                .isEqualTo(composed.at("/held_out/exact_match").asDouble());
        List<String> predictions = new ArrayList<>();
        json.get("predictions").forEach(text -> predictions.add(text.asText()));
        List<String> shown = new ArrayList<>();
        composed.get("predictions").forEach(text -> shown.add(text.asText()));
        assertThat(predictions).isEqualTo(shown);
    }
}
