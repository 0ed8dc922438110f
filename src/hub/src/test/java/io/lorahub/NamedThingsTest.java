package io.lorahub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.Visibility;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Other members' things named in a body or query: they cannot be used, and the answer is the same as for a thing that
 * doesn't exist.
 */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class NamedThingsTest {

    private static final Map<String, String> EXAMPLE = Map.of("input", "lock", "output", "unlock");

    private final Hub hub;
    private final FinishedRuns runs;
    private final WorkerTasks tasks;

    private Person owner;
    private Person other;
    private String session;
    private String token;

    NamedThingsTest(Hub hub, FinishedRuns runs, WorkerTasks tasks) {
        this.hub = hub;
        this.runs = runs;
        this.tasks = tasks;
    }

    @BeforeEach
    void sign_in() {
        owner = hub.person(Role.MEMBER);
        other = hub.person(Role.MEMBER);
        session = hub.session(other);
        token = hub.token(other, Scope.WRITE);
    }

    @Test
    void adapters_that_are_not_public_are_in_no_list() {
        String word = "zanzibar" + owner.id;
        Adapter open = titled(word, Visibility.PUBLIC, AdapterState.ACTIVE);
        List<Adapter> hidden = List.of(
                titled(word, Visibility.UNLISTED, AdapterState.ACTIVE),
                titled(word, Visibility.PRIVATE, AdapterState.ACTIVE),
                titled(word, Visibility.PUBLIC, AdapterState.TAKEN_DOWN));
        List<String> lists =
                List.of("/adapters?q=" + word, "/adapters.atom?q=" + word, "/api/v1/adapters?facets=10&q=" + word);
        List<String> others = List.of(
                "/",
                "/adapters?sort=newest",
                "/adapters?publisher=" + owner.name,
                "/" + owner.name,
                "/api/v1/publishers/" + owner.name,
                "/base-models/" + open.baseModel,
                "/" + open.address());

        for (RequestSpecification viewer : List.of(AsBrowser.given(), by())) {
            for (String list : lists) {
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> viewer.get(list).asString().contains(open.address()));
                assertNone(viewer.get(list), hidden);
            }
            for (String page : others) assertNone(viewer.get(page), hidden);
        }
        assertThat(by().get("/api/v1/adapters?q=" + word).path("total").toString())
                .isEqualTo("1");
        by().multiPart("do", "find").multiPart("find", word).post("/compose");
        by().multiPart("do", "tag").multiPart("tag", "spelling").post("/compose");
        Response compose = by().get("/compose");
        assertNone(compose, hidden);
    }

    private void assertNone(Response answer, List<Adapter> hidden) {
        assertThat(answer.statusCode()).isEqualTo(200);
        for (Adapter adapter : hidden) assertThat(answer.asString()).doesNotContain(adapter.address());
    }

    @Test
    void an_adapter_that_one_may_not_see_is_none_for_those_who_name_it() {
        String upload = api().body(Map.of("files", List.of(Map.of("name", "adapter_config.json", "size", 2))))
                .post("/api/v1/uploads")
                .path("uploads[0].id");
        List<Function<String, Response>> requests = List.of(
                address -> api().body(
                                Map.of("title", "un", "candidates", List.of(address), "examples", List.of(EXAMPLE)))
                        .post("/api/v1/runs"),
                address -> by().multiPart("do", "start")
                        .multiPart("title", "un")
                        .multiPart("input", "lock")
                        .multiPart("output", "unlock")
                        .multiPart("listed", address)
                        .multiPart("candidate", address)
                        .post("/compose"),
                address -> {
                    by().multiPart("title", "un")
                            .multiPart("listed", address)
                            .multiPart("candidate", address)
                            .post("/compose/draft");
                    return by().get("/compose");
                },
                address ->
                        by().multiPart("do", "find").multiPart("find", address).post("/compose"),
                address -> by().formParam("adapter", address).post("/candidates/add"),
                address -> api().body(Map.of(
                                "files", List.of(Map.of("name", "adapter_config.json", "size", 2)), "adapter", address))
                        .post("/api/v1/uploads"),
                address -> api().body(Map.of("adapter", address)).patch("/api/v1/uploads/" + upload),
                address -> by().formParam("adapter", address).post("/uploads/" + upload),
                address -> by().get("/upload?adapter=" + address));

        for (Adapter hidden : List.of(
                titled("Hidden", Visibility.PRIVATE, AdapterState.ACTIVE),
                titled("Hidden", Visibility.PUBLIC, AdapterState.TAKEN_DOWN))) {
            String nothing = hidden.address() + "x";
            for (int i = 0; i < requests.size(); i++) {
                Response answer = requests.get(i).apply(hidden.address());
                Response ofNothing = requests.get(i).apply(nothing);
                assertThat(essence(answer, hidden.address()))
                        .as("request %d, %s", i, hidden.visibility)
                        .isEqualTo(essence(ofNothing, nothing));
                assertThat(answer.asString()).doesNotContain("Hidden");
            }
        }
    }

    @Test
    void an_unlisted_adapter_can_be_used_by_those_who_know_its_address() {
        Adapter unlisted = titled("Unlisted", Visibility.UNLISTED, AdapterState.ACTIVE);
        CompositionRun base = runs.of(owner, 2, "un"); // so that the base model is there

        Response started = api().body(
                        Map.of("title", "un", "candidates", List.of(unlisted.address()), "examples", List.of(EXAMPLE)))
                .post("/api/v1/runs");

        assertThat(base.id).isNotNull();
        assertThat(started.statusCode()).as(started.asString()).isEqualTo(201);
    }

    @Test
    void a_run_that_one_may_not_see_is_none_for_those_who_name_it() {
        hub.actAs(owner);
        CompositionRun theirs = runs.of(owner, 2, "un");
        hub.actAs(other);
        CompositionRun mine = runs.of(other, 2, "un");
        QuarkusTransaction.requiringNew()
                .run(() -> CompositionRun.<CompositionRun>findById(theirs.id).title = "Secret plan");
        String question = tasks.ask(RunOwner.member(owner), new TaskRequest.Export(theirs.id, 1))
                .toString();
        List<Function<String, Response>> ofRuns = List.of(
                id -> api().body(Map.of("title", "un", "fork_of", id, "examples", List.of(EXAMPLE)))
                        .post("/api/v1/runs"),
                id -> by().get("/compose?from=" + id),
                id -> by().get("/runs/compare?run=" + mine.id + "&run=" + id),
                id -> {
                    by().multiPart("title", "un").multiPart("from", id).post("/compose/draft");
                    return by().get("/compose");
                });
        List<Function<String, Response>> ofTasks = List.of(
                id -> by().multiPart("do", "suggested")
                        .multiPart("suggestion", id)
                        .post("/compose"),
                id -> by().get("/runs/" + mine.id + "/result?task=" + id),
                id -> by().get("/runs/" + mine.id + "/exports/" + id + ".zip"),
                id -> api().body(Map.of("name", "mix", "export", id)).post("/api/v1/runs/" + mine.id + "/publication"));

        for (Function<String, Response> request : ofRuns) assertNothing(request, theirs.id.toString());
        for (Function<String, Response> request : ofTasks) assertNothing(request, question);
    }

    private static void assertNothing(Function<String, Response> request, String id) {
        Response answer = request.apply(id);
        String nothing = UUID.randomUUID().toString();
        assertThat(essence(answer, id)).isEqualTo(essence(request.apply(nothing), nothing));
        assertThat(answer.asString()).doesNotContain("Secret plan");
    }

    @Test
    void sharing_a_run_does_not_share_its_private_adapters() {
        hub.actAs(owner);
        CompositionRun run = runs.of(owner, 2, "un");
        Adapter candidate = run.candidates.get(0).version().adapter;
        change(candidate, adapter -> adapter.visibility = Visibility.PRIVATE);
        QuarkusTransaction.requiringNew().run(() -> CompositionRun.<CompositionRun>findById(run.id).shared = true);

        Response forked = api().body(Map.of("title", "un", "fork_of", run.id.toString(), "examples", List.of(EXAMPLE)))
                .post("/api/v1/runs");

        assertThat(forked.statusCode()).isEqualTo(422);
        assertThat(forked.path("causes[0].field").toString()).isEqualTo("candidates");
    }

    private Adapter titled(String title, Visibility visibility, AdapterState state) {
        Adapter adapter = hub.adapter(owner, visibility);
        change(adapter, stored -> {
            stored.title = title;
            stored.state = state;
            stored.stateReason = state == AdapterState.ACTIVE ? null : "Copied.";
        });
        return adapter;
    }

    private static void change(Adapter adapter, Consumer<Adapter> change) {
        QuarkusTransaction.requiringNew().run(() -> change.accept(Adapter.findById(adapter.id)));
    }

    private RequestSpecification by() {
        return AsBrowser.given(session);
    }

    private RequestSpecification api() {
        return RestAssured.given().auth().oauth2(token).contentType(ContentType.JSON);
    }

    /** Without what the request itself said. */
    private static String essence(Response answer, String named) {
        String place = answer.header("Location");
        return (answer.statusCode() + " " + place + "\n" + answer.asString())
                .replace(named, "NAMED")
                .replace(named.replace("/", "%2F"), "NAMED");
    }
}
