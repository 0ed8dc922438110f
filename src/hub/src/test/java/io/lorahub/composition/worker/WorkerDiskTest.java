package io.lorahub.composition.worker;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunState;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.commons.io.file.PathUtils;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A worker whose disk has less space than it must leave free. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@Settings("lorahub.worker.free-space=9000000000000000")
class WorkerDiskTest {

    private static final String BASE = "lorahub/demo-base";

    private final Hub hub;
    private final DemoOnHub demo;
    private final PoolRows pool;
    private final WorkerConfig worker;
    private final Logger logger = Logger.getLogger(RunExecutor.class.getName());
    private final List<LogRecord> warnings = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord log) {
            if (log.getLevel().intValue() >= Level.WARNING.intValue()) warnings.add(log);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    WorkerDiskTest(Hub hub, DemoOnHub demo, PoolRows pool, WorkerConfig worker) {
        this.hub = hub;
        this.demo = demo;
        this.pool = pool;
        this.worker = worker;
    }

    @BeforeEach
    void begin() throws IOException {
        logger.addHandler(handler);
        pool.clear(); // what other tests have left
        Path cached = worker.cache().resolve("files");
        if (Files.exists(cached)) PathUtils.cleanDirectory(cached);
    }

    @AfterEach
    void end() {
        logger.removeHandler(handler);
        pool.clear();
    }

    private static CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> CompositionRun.findById(id));
    }

    @Test
    void it_takes_a_run_once_and_everybody_sees_why_the_run_waits() {
        Person member = hub.person(Role.MEMBER);
        List<String> candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
        UUID run = pool.waiting(RunOwner.member(member), "large", candidates);

        // of this run, or of one that another test had left and the worker was about to take
        await().atMost(Duration.ofMinutes(1)).until(() -> !warnings.isEmpty());
        int claim = stored(run).claim;
        UUID second = pool.waiting(RunOwner.member(member), "another", candidates);
        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(10))
                .until(() -> stored(run).claim == claim && stored(second).claim == 0);

        assertThat(stored(run).state).isEqualTo(RunState.QUEUED);
        assertThat(stored(run).lost)
                .as("a full disk says nothing about the run")
                .isZero();
        assertThat(warnings).singleElement().satisfies(log -> {
            assertThat(log.getMessage()).contains("takes no runs on");
            assertThat(log.getThrown()).isNull();
        });
        for (UUID waiting : List.of(run, second)) {
            assertThat(page(member, "/runs/" + waiting))
                    .containsPattern(
                            "Waiting until a worker has room for its files: \\S+ has [\\d.]+ \\S+ free on its disk,"
                                    + " but [\\d.]+ \\S+ are needed\\.");
        }
        Person admin = hub.person(Role.ADMIN);
        await().untilAsserted(() -> assertThat(page(admin, "/admin/workers"))
                .contains("Disk full", "Takes no runs on " + BASE, "no worker has room for its files"));
        given().auth()
                .oauth2(hub.token(admin, AccessToken.Scope.ADMINISTER))
                .get("/api/v1/admin/workers")
                .then()
                .body("state", contains("SHORT_OF_DISK"))
                .body("[0].no_room_for", equalTo(List.of(BASE)))
                .body("[0].shortage", containsString("free on its disk"));
    }

    private String page(Person viewer, String path) {
        return Jsoup.parse(AsBrowser.given(hub.session(viewer)).get(path).asString())
                .select("main")
                .text();
    }
}
