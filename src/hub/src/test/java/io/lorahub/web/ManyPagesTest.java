package io.lorahub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;

/** More pages at once than there are database connections. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ManyPagesTest {

    private static final int AT_ONCE = 80;

    private final Hub hub;

    ManyPagesTest(Hub hub) {
        this.hub = hub;
    }

    /** Repeated, because the pages of a cold process come slowly enough to pass by chance. */
    @RepeatedTest(4)
    void pages_of_a_member_do_not_wait_for_each_others_connections() throws Exception {
        Person member = hub.person(Role.MEMBER);
        Adapter adapter = hub.adapter(member, Visibility.PUBLIC);
        String session = hub.session(member);
        String page = "/" + member.name + "/" + adapter.name;
        Callable<Integer> request = () -> AsBrowser.given(session).get(page).statusCode();
        List<Integer> statuses = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            for (Future<Integer> answer : threads.invokeAll(Collections.nCopies(AT_ONCE, request))) {
                statuses.add(answer.get());
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(statuses).hasSize(AT_ONCE).containsOnly(200);
    }
}
