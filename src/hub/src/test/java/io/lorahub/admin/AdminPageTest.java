package io.lorahub.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.generation.GenerationRecord;
import io.lorahub.generation.Generations;
import io.lorahub.storage.Blob;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.chart.Chart;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AdminPageTest {

    private final Hub hub;
    private final Overview figures;
    private final Generations generations;
    private String session;

    AdminPageTest(Hub hub, Overview figures, Generations generations) {
        this.hub = hub;
        this.figures = figures;
        this.generations = generations;
    }

    @BeforeEach
    void signIn() {
        session = hub.session(hub.person(Role.ADMIN));
    }

    @Test
    void the_overview_counts_what_there_is() {
        long members = number("Members");
        hub.person(Role.MEMBER);

        assertThat(number("Members")).isGreaterThan(members);
        Document page = overview();
        assertThat(page.select(".stat dt").eachText())
                .containsExactly(
                        "Free on the disk",
                        "Members",
                        "Runs, last day",
                        "Tokens, last day",
                        "Waiting jobs",
                        "Failed uploads, last day");
        assertThat(page.select(".stat dd").get(0).ownText()).matches("[\\d.,]+ [kMGT]B");
        assertThat(page.select("[data-chart]").eachAttr("data-chart"))
                .satisfiesExactly(
                        runs -> assertThat(runs).contains("Runs by day"),
                        tokens -> assertThat(tokens).contains("Tokens by day"));
    }

    @Test
    void tokens_are_counted_by_day_beyond_the_day_that_limits_count() {
        Instant longAgo = Instant.now().minus(Duration.ofDays(20));
        long day = longAgo.atZone(ZoneOffset.UTC).toLocalDate().toEpochDay();
        double before = tokens(day);
        QuarkusTransaction.requiringNew().run(() -> {
            GenerationRecord generation = new GenerationRecord();
            generation.id = UUID.randomUUID();
            generation.person = hub.person(Role.MEMBER);
            generation.createdAt = longAgo;
            generation.state = GenerationRecord.State.ENDED;
            generation.tokens = 70;
            generation.persist();
        });
        assertThat(tokens(day)).isEqualTo(before + 70);

        generations.sweep();
        generations.sweep();

        assertThat(tokens(day)).isEqualTo(before + 70);
    }

    private double tokens(long day) {
        return figures.figures().tokensByDay().series().get(0).points().stream()
                .filter(point -> point.x() == day)
                .mapToDouble(Chart.Point::y)
                .sum();
    }

    private long number(String label) {
        String text = overview()
                .select(".stat:has(dt:containsOwn(%s)) dd".formatted(label))
                .first()
                .ownText();
        return Long.parseLong(text.replace(",", ""));
    }

    private Document overview() {
        return Jsoup.parse(AsBrowser.given(session).get("/admin").asString());
    }

    @Test
    void a_base_model_that_is_needed_stays_and_the_page_says_why() {
        String name = model();
        Adapter adapter = hub.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC);
        QuarkusTransaction.requiringNew().run(() -> Adapter.<Adapter>findById(adapter.id).baseModel = name);

        Response answer = remove(name);

        assertThat(answer.statusCode()).isEqualTo(409);
        Document page = Jsoup.parse(answer.asString());
        assertThat(page.select("h1").text()).isEqualTo("Base models");
        assertThat(page.select("main [role=alert]").text()).contains("1 adapter");
        assertThat(page.select("tr:contains(" + name + ")")).hasSize(1);
        assertThat(BaseModelRecord.named(name)).isPresent();
    }

    @Test
    void one_that_nothing_needs_goes() {
        String name = model();
        assertThat(remove(name).statusCode()).isEqualTo(303);
        assertThat(BaseModelRecord.named(name)).isEmpty();
    }

    @Test
    void files_that_are_no_base_model_are_refused_beside_their_field() {
        assertThat(sent("tokenizer.json", "{}"))
                .isEqualTo("There is no config.json among them; choose all files of the model's folder.");
        assertThat(sent("config.json", "{\"model_type\": \"t5\"}")).isNotBlank().doesNotContain("/", "folder");
    }

    /** The texts about the files. */
    private String sent(String name, String content) {
        Response answer = AsBrowser.given(session)
                .multiPart("files", name, content.getBytes(StandardCharsets.UTF_8))
                .multiPart("name", "somebody/" + UUID.randomUUID())
                .post("/admin/base-models/upload");
        assertThat(answer.statusCode()).isEqualTo(422);
        return Jsoup.parse(answer.asString()).select("#f-files-error").text();
    }

    @Test
    void text_typed_into_one_form_stays_in_it() {
        Response answer = AsBrowser.given(session)
                .multiPart("files", "tokenizer.json", "{}".getBytes(StandardCharsets.UTF_8))
                .multiPart("name", "lab/typed")
                .multiPart("summary", "Typed here.")
                .post("/admin/base-models/upload");

        Document page = Jsoup.parse(answer.asString());
        assertThat(page.select("#f-upload-name").val()).isEqualTo("lab/typed");
        assertThat(page.select("#f-upload-summary").val()).isEqualTo("Typed here.");
        assertThat(page.select("#f-folder-name").val()).isEmpty();
        assertThat(page.select("#f-folder-summary").val()).isEmpty();
    }

    @Test
    void the_parts_of_the_hub_have_names_that_an_operator_knows() {
        Document page =
                Jsoup.parse(AsBrowser.given(session).get("/admin/health").asString());

        assertThat(page.select("tbody th").eachText()).contains("Database", "Object store");
        assertThat(page.select("tbody").text()).doesNotContain("<default>", "health check");
    }

    @Test
    void the_storage_page_lists_damaged_files_until_they_are_sound() {
        String sha256 = "0".repeat(63) + "a";
        QuarkusTransaction.requiringNew().run(() -> {
            Blob blob = new Blob();
            blob.sha256 = sha256;
            blob.size = 12;
            blob.unusableSince = Instant.now();
            blob.persist();
        });

        Element row = storage().selectFirst("tr:contains(" + sha256 + ")");

        assertThat(row.text()).contains("nothing yet", "12 B", "just now");
        QuarkusTransaction.requiringNew().run(() -> Blob.update("unusableSince = null where sha256 = ?1", sha256));
        assertThat(storage().text()).doesNotContain(sha256).contains("compared with its SHA-256");
        QuarkusTransaction.requiringNew().run(() -> Blob.deleteById(sha256));
    }

    private Document storage() {
        return Jsoup.parse(AsBrowser.given(session).get("/admin/storage").asString());
    }

    private Response remove(String name) {
        return AsBrowser.given(session).formParam("name", name).post("/admin/base-models/remove");
    }

    private static String model() {
        return QuarkusTransaction.requiringNew().call(() -> {
            BaseModelRecord entry = new BaseModelRecord();
            entry.name = "somebody/" + UUID.randomUUID();
            entry.modelType = "t5";
            entry.parameters = 1;
            entry.bytes = 4;
            entry.persist();
            return entry.name;
        });
    }
}
