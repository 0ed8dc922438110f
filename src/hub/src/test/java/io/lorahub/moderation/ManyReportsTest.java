package io.lorahub.moderation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** One member who does many times at once what is limited per member. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ManyReportsTest {

    private static final int AT_ONCE = 40;

    private final Hub hub;
    private final ModerationConfig config;

    ManyReportsTest(Hub hub, ModerationConfig config) {
        this.hub = hub;
        this.config = config;
    }

    @Test
    void many_reports_at_once_end_at_the_limit_of_the_member() throws Exception {
        Person owner = hub.person(Role.MEMBER);
        Person reporter = hub.person(Role.MEMBER);
        String session = hub.session(reporter);
        List<Callable<Integer>> requests = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            Adapter adapter = hub.adapter(owner, Visibility.PUBLIC);
            String path = "/" + owner.name + "/" + adapter.name + "/report";
            requests.add(() -> AsBrowser.given(session)
                    .formParam("category", "spam")
                    .post(path)
                    .statusCode());
        }

        List<Integer> statuses = atOnce(requests);

        assertThat(statuses).containsOnly(303, 409);
        assertThat(statuses.stream().filter(status -> status == 303)).hasSize(config.openReports());
        assertThat(QuarkusTransaction.requiringNew().call(() -> Report.count("reporter", reporter)))
                .isEqualTo(config.openReports());
        // Other tests look at the first page of the queue.
        QuarkusTransaction.requiringNew()
                .run(() -> Report.update("closedAt = ?1 where reporter = ?2", Instant.now(), reporter));
    }

    /** Repeated, because the requests of a cold process come slowly enough to pass by chance. */
    @RepeatedTest(3)
    void many_tokens_at_once_end_at_the_limit_of_the_member() throws Exception {
        Person person = hub.person(Role.MEMBER);
        String session = hub.session(person);
        for (int i = 0; i < 90; i++) hub.token(person, AccessToken.Scope.READ);
        Callable<Integer> request = () -> AsBrowser.given(session)
                .formParam("name", "another")
                .formParam("scope", "read")
                .formParam("days", "30")
                .post("/settings/tokens")
                .statusCode();

        List<Integer> statuses = atOnce(java.util.Collections.nCopies(AT_ONCE, request));

        assertThat(statuses.stream().filter(status -> status == 422)).hasSize(AT_ONCE - 10);
        assertThat(QuarkusTransaction.requiringNew().call(() -> AccessToken.count("person", person)))
                .isEqualTo(100);
    }

    private static <T> List<T> atOnce(List<Callable<T>> requests) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<T> answers = new ArrayList<>();
            for (Future<T> answer : threads.invokeAll(requests)) answers.add(answer.get());
            return answers;
        } finally {
            threads.shutdown();
        }
    }
}
