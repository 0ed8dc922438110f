package io.lorahub.upload.publication;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.lorahub.testsupport.PublicationBuilder.aPublication;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.adapter.publication.Origin;
import io.lorahub.adapter.publication.Publication;
import io.lorahub.adapter.publication.Publishing;
import io.lorahub.composition.CompositionRun;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.notice.Notice;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.hostile.Disguise;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.check.UploadChecks;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No checks run: each step of a check is taken by the test. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class MixUploadsTest {

    @TempDir
    Path folder;

    private final MixUploads mixes;
    private final Publishing publishing;
    private final UploadChecks checks;
    private final Hub hub;
    private final FinishedRuns finished;
    private Person member;
    private CompositionRun run;
    private Adapter part;
    private Publication files;

    MixUploadsTest(MixUploads mixes, Publishing publishing, UploadChecks checks, Hub hub, FinishedRuns finished) {
        this.mixes = mixes;
        this.publishing = publishing;
        this.checks = checks;
        this.hub = hub;
        this.finished = finished;
    }

    @BeforeEach
    void run() {
        member = hub.person(Role.MEMBER);
        run = finished.of(member, 0, "un");
        part = run.candidates.get(0).version().adapter;
        hub.actAs(member);
        QuarkusTransaction.requiringNew().run(() -> Notice.delete("personId", member.id)); // of the run's end
        Path made = anAdapter().seeded(2_000_000 + member.id).in(folder, member.name);
        files = aPublication(member, made).build();
    }

    @AfterEach
    void leave() {
        hub.actAs(null);
    }

    private Publication mix(String name) {
        return mix(files, name, run.candidates.get(0).version().id, 0.5);
    }

    private Publication mix(Publication made, String name, long part, double weight) {
        return new Publication(
                made.publisher(),
                name,
                made.card(),
                Visibility.PUBLIC,
                "",
                "",
                made.files(),
                CheckReport.pending(),
                new Origin(Map.of(part, weight), run.id),
                List.of());
    }

    private void end(UUID upload, CheckReport checkup) {
        checks.end(upload, checks.begin(upload).orElseThrow(), checkup, Optional.empty());
    }

    private static UploadState state(UUID upload) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Upload.<Upload>findById(upload).getState());
    }

    private Optional<Adapter> published(String name) {
        return QuarkusTransaction.requiringNew().call(() -> Adapter.at(member.name, name));
    }

    private List<String> notices() {
        return QuarkusTransaction.requiringNew()
                .call(() -> Notice.<Notice>list("personId", member.id).stream()
                        .map(notice -> notice.title + ": " + notice.body)
                        .toList());
    }

    private long waiting(UUID upload) {
        String sql = "select count(*) from upload_check_queue where task_instance like ?1";
        return QuarkusTransaction.requiringNew().call(() -> (Long) Upload.getEntityManager()
                .createNativeQuery(sql, Long.class)
                .setParameter(1, upload + "/%")
                .getSingleResult());
    }

    @Test
    void it_waits_for_its_check_and_is_published_when_it_has_passed() {
        Upload upload = mixes.publish(mix("mix"));

        assertThat(state(upload.id)).isEqualTo(UploadState.CHECKING);
        assertThat(waiting(upload.id)).isEqualTo(1);
        assertThat(published("mix")).isEmpty();
        AsBrowser.given(hub.session(member))
                .get("/uploads/" + upload.id)
                .then()
                .statusCode(200)
                .body(containsString("On its way to " + member.name + "/mix"));

        checks.begin(upload.id); // and the process is killed
        end(upload.id, files.checkup());

        assertThat(state(upload.id)).isEqualTo(UploadState.PUBLISHED);
        QuarkusTransaction.requiringNew().run(() -> {
            Adapter adapter = Adapter.at(member.name, "mix").orElseThrow();
            AdapterVersion version = adapter.newest();
            assertThat(adapter.visibility).isEqualTo(Visibility.PUBLIC);
            assertThat(version.run).isEqualTo(run.id);
            assertThat(version.publishedBy.id).isEqualTo(member.id);
            assertThat(Upload.getEntityManager()
                            .createNativeQuery("select part_id from version_part where version_id = ?1", Long.class)
                            .setParameter(1, version.id)
                            .getResultList())
                    .isEqualTo(List.of(run.candidates.get(0).version().id));
        });
        assertThat(notices()).isEmpty();
    }

    @Test
    void a_second_click_publishes_nothing_more() {
        Upload first = mixes.publish(mix("mix"));

        assertThat(mixes.publish(mix("mix")).id).isEqualTo(first.id);
        end(first.id, files.checkup());
        assertThat(mixes.publish(mix("mix")).id).isEqualTo(first.id);
        assertThat(mixes.publish(mix("another")).id).isNotEqualTo(first.id);
    }

    @Test
    void findings_are_reported_and_prevent_publishing() {
        Upload upload = mixes.publish(mix("mix"));
        CheckFinding finding = CheckFinding.error("nan", "a tensor", "It holds NaN.", "Train it anew.");

        end(upload.id, files.checkup().and(List.of(CheckResult.of("values", "Values", List.of(finding)))));

        assertThat(state(upload.id)).isEqualTo(UploadState.FAILED);
        assertThat(published("mix")).isEmpty();
        assertThat(notices())
                .containsExactly("“%s” could not be published: It did not pass its checks."
                        .formatted(files.card().title()));
        AsBrowser.given(hub.session(member))
                .get("/uploads/" + upload.id)
                .then()
                .body(containsString("It holds NaN."), containsString("Check again"));

        Upload again = mixes.publish(mix("mix"));

        assertThat(again.id).isNotEqualTo(upload.id);
        assertThat(state(upload.id)).as("what failed before").isEqualTo(UploadState.CANCELLED);
    }

    @Test
    void similarity_to_an_own_part_is_not_reported() {
        Path twin = folder.resolve(member.name);
        Person author = hub.person(Role.MEMBER);
        AdapterVersion original = publishing.publishBySystem(
                aPublication(author, twin).named("original").build());
        Publication same = aPublication(member, Disguise.ROTATED.copy(twin, folder, "rotated"))
                .build();

        Upload upload = mixes.publish(mix(same, "mix", original.id, 2));
        end(upload.id, same.checkup());

        QuarkusTransaction.requiringNew().run(() -> {
            AdapterVersion version =
                    Adapter.at(member.name, "mix").orElseThrow().newest();
            assertThat(version.findings)
                    .filteredOn(check -> check.path("id").asText().equals("near-duplicate"))
                    .allSatisfy(
                            check -> assertThat(check.path("state").asText()).isEqualToIgnoringCase("passed"))
                    .hasSize(1);
            assertThat(Upload.getEntityManager()
                            .createNativeQuery("select 1 from near_duplicate where version_id = ?1")
                            .setParameter(1, version.id)
                            .getResultList())
                    .isEmpty();
        });
    }

    @Test
    void a_part_that_is_taken_down_meanwhile_keeps_it_from_being_published() {
        Upload upload = mixes.publish(mix("mix"));
        QuarkusTransaction.requiringNew().run(() -> {
            Adapter taken = Adapter.findById(part.id);
            taken.state = AdapterState.TAKEN_DOWN;
            taken.stateReason = "Copied.";
        });

        end(upload.id, files.checkup());

        assertThat(state(upload.id)).isEqualTo(UploadState.FAILED);
        assertThat(published("mix")).isEmpty();
        assertThat(notices()).hasSize(1).first().asString().contains("Moderators took down " + part.address());
    }

    @Test
    void a_member_banned_meanwhile_publishes_nothing() {
        Upload upload = mixes.publish(mix("mix"));
        QuarkusTransaction.requiringNew().run(() -> {
            Person banned = Person.findById(member.id);
            banned.bannedAt = Instant.now();
            banned.banReason = "Spam.";
        });

        end(upload.id, files.checkup());

        assertThat(state(upload.id)).isEqualTo(UploadState.FAILED);
        assertThat(published("mix")).isEmpty();
    }

    @Test
    void objections_known_beforehand_are_reported_at_once() {
        assertThatThrownBy(() -> mixes.publish(mix("No Name")))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.causes())
                                .anyMatch(cause -> cause.field().equals("name")));
    }

    @Test
    void neither_files_nor_card_of_it_can_be_changed_on_its_way() {
        Upload upload = mixes.publish(mix("mix"));
        end(upload.id, files.checkup().and(List.of(CheckResult.pending("late", "Late"))));
        String url = "/api/v1/uploads/" + upload.id;
        String token = hub.token(member, Scope.WRITE);

        given().auth()
                .oauth2(token)
                .contentType(ContentType.JSON)
                .body(Map.of("licence", "CC0-1.0"))
                .patch(url)
                .then()
                .statusCode(409);
        given().auth()
                .oauth2(token)
                .contentType(ContentType.JSON)
                .body(Map.of("files", List.of(Map.of("name", "adapter_config.json", "size", 2))))
                .post(url + "/files")
                .then()
                .statusCode(409);
        AsBrowser.given(hub.session(member))
                .formParam("do", "publish")
                .post("/uploads/" + upload.id)
                .then()
                .statusCode(409);
        given().auth().oauth2(token).post(url + "/checks").then().statusCode(200);
        assertThat(state(upload.id)).isEqualTo(UploadState.CHECKING);
    }
}
