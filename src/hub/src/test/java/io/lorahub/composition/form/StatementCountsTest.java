package io.lorahub.composition.form;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Visibility;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.live.RunView;
import io.lorahub.composition.model.ModelTokenizers;
import io.lorahub.composition.queue.NobodyWorks;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.SqlStatements;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The number of SQL statements of pages and the API, which does not grow with what they show. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(NobodyWorks.class)
class StatementCountsTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final PoolRows pool;
    private final SqlStatements statements;
    private final CandidateFinder finder;
    private final EntityManager entities;
    private final ModelTokenizers tokenizers;
    private Person member;
    private List<String> addresses;

    StatementCountsTest(
            Hub hub,
            DemoOnHub demo,
            PoolRows pool,
            SqlStatements statements,
            CandidateFinder finder,
            EntityManager entities,
            ModelTokenizers tokenizers) {
        this.hub = hub;
        this.demo = demo;
        this.pool = pool;
        this.statements = statements;
        this.finder = finder;
        this.entities = entities;
        this.tokenizers = tokenizers;
    }

    @BeforeEach
    void begin() {
        pool.clear();
        member = hub.person(Role.MEMBER);
        addresses = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    /** With three evaluations; the second is the best. */
    private UUID run(String title) {
        // a member can't start that many, so they are assigned to the member afterwards
        UUID run = pool.waiting(RunOwner.member(hub.person(Role.MEMBER)), title, addresses);
        pool.sql("update composition_run set person_id = %d where id = '%s'".formatted(member.id, run));
        pool.sql("""
                insert into composition_evaluation (run_id, number, cost, weights, objective, loss, seconds)
                select '%s', n, 1, array[n, 0.5], abs(n - 2), abs(n - 2), 0.1 from generate_series(1, 3) n""".formatted(run));
        return run;
    }

    private List<RunView> views(int count) {
        return QuarkusTransaction.requiringNew()
                .call(() -> RunView.of(CompositionRun.<CompositionRun>find("person = ?1 order by title", member)
                        .page(0, count)
                        .list()));
    }

    @Test
    void a_list_of_runs_knows_the_best_evaluation_of_each_by_one_statement() {
        IntStream.range(0, 6).forEach(i -> run("run " + i));

        long one = statements.of(() -> views(1));
        long six = statements.of(() -> views(6));

        assertThat(views(6)).hasSize(6).allSatisfy(view -> {
            assertThat(view.best.number()).isEqualTo(2);
            assertThat(view.best.weights()).containsExactly(2, 0.5);
        });
        assertThat(six).isEqualTo(one);
    }

    @Test
    void a_run_without_evaluations_has_no_best() {
        UUID run = pool.waiting(RunOwner.member(member), "new", addresses);

        RunView view = QuarkusTransaction.requiringNew().call(() -> RunView.whole(CompositionRun.findById(run)));

        assertThat(view.best).isNull();
    }

    @Test
    void the_candidates_of_a_page_are_read_by_one_statement() {
        Person publisher = hub.person(Role.MEMBER);
        List<String> many = QuarkusTransaction.requiringNew()
                .call(() -> IntStream.range(0, 12)
                        .mapToObj(i -> hub.adapter(publisher, Visibility.PUBLIC).address())
                        .toList());
        List<ListedCandidate> candidates = Stream.concat(
                        many.stream(), Stream.of(addresses.get(0) + "@1.0.0", "no/such", "nonsense", "no/other"))
                .map(address -> new ListedCandidate(address, "", true))
                .toList();

        List<CandidateFinder.Row> rows = QuarkusTransaction.requiringNew().call(() -> finder.rows(candidates, ""));
        long count = statements.of(() -> QuarkusTransaction.requiringNew().run(() -> finder.rows(candidates, "")));

        assertThat(rows).extracting(CandidateFinder.Row::candidate).isEqualTo(candidates);
        assertThat(rows.subList(0, 13)).allMatch(row -> row.adapter().isPresent());
        assertThat(rows.subList(13, 16)).allMatch(row -> row.adapter().isEmpty());
        assertThat(count).isEqualTo(1);
    }

    @Test
    void the_runs_that_an_estimate_follows_from_are_read_together() {
        ended(2);
        long two = statements.of(this::estimate);
        ended(18);

        assertThat(statements.of(this::estimate)).isEqualTo(two);
    }

    @Test
    void a_form_is_checked_once_like_a_request_of_the_api() {
        List<String> many = demo.publish(hub.person(Role.MEMBER), "un", "past", "re", "plural");
        List<String> few = many.subList(0, 1);

        long form = statements.of(() -> sendForm(many)) - statements.of(() -> sendForm(few));
        long api = statements.of(() -> sendJson(many)) - statements.of(() -> sendJson(few));

        assertThat(form).as("statements for three more candidates").isEqualTo(api);
    }

    private void sendForm(List<String> candidates) {
        RequestSpecification form = AsBrowser.given(hub.session(hub.person(Role.MEMBER)))
                .multiPart("do", "start")
                .multiPart("title", "un-past")
                .multiPart("input", "lock")
                .multiPart("output", "unlocked");
        candidates.forEach(address -> form.multiPart("listed", address).multiPart("candidate", address));
        form.post("/compose").then().statusCode(303);
    }

    private void sendJson(List<String> candidates) {
        RestAssured.given()
                .auth()
                .oauth2(hub.token(hub.person(Role.MEMBER), Scope.WRITE))
                .contentType("application/json")
                .body(Map.of(
                        "title",
                        "un-past",
                        "candidates",
                        candidates,
                        "examples",
                        List.of(Map.of("input", "lock", "output", "unlocked"))))
                .post("/api/v1/runs")
                .then()
                .statusCode(201);
    }

    private void ended(int count) {
        for (int i = 0; i < count; i++) run("ended");
        pool.sql(
                "update composition_run set state = 'SUCCEEDED', spent = 3, seconds = 1, started_at = now(), ended_at = now() where state = 'QUEUED'");
    }

    /** As after a restart, when nothing is remembered. */
    private void estimate() {
        QuarkusTransaction.requiringNew()
                .call(() -> new RunEstimates(entities, tokenizers)
                        .of(
                                BaseModelRecord.named(DemoHub.BASE_MODEL),
                                RunSpec.of(DemoHub.open().task("un-past").fewShot(1), List.of()),
                                0,
                                2,
                                Optional.empty()));
    }
}
