package io.lorahub.account.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Forms;
import io.lorahub.account.FreshHub;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.serve.FirstAdminLink;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.SessionCookie;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(FreshHub.class)
@QuarkusTestResource(PostgresResource.class)
class FirstAdminTest {

    private static final String PASSWORD = "three small boats";

    private final FirstAdminLink link;
    private final Hub hub;

    FirstAdminTest(FirstAdminLink link, Hub hub) {
        this.link = link;
        this.hub = hub;
    }

    /** A single test, because the steps depend on each other: there is only one first time. */
    @Test
    void of_many_who_hold_the_link_one_becomes_the_administrator() throws Exception {
        QuarkusTransaction.requiringNew()
                .run(() -> Person.update("role = ?1 where role = ?2", Role.MEMBER, Role.ADMIN)); // those of other tests
        hub.person(Role.MODERATOR);
        String older = link.path().orElseThrow();
        String newer = link.path().orElseThrow();
        assertThat(Forms.as(null).get(older).statusCode()).isEqualTo(200);
        assertThat(Forms.page(Forms.as(null).get(newer)).select("h1").text()).isEqualTo("First administrator");
        assertThat(register(newer, "a b").statusCode()).isEqualTo(422);

        List<Response> answers = new ArrayList<>();
        ExecutorService browsers = Executors.newFixedThreadPool(4);
        try {
            for (Future<Response> answer : browsers.invokeAll(IntStream.range(0, 8)
                    .<Callable<Response>>mapToObj(i -> () -> register(i % 2 == 0 ? newer : older, "chief-" + i))
                    .toList())) {
                answers.add(answer.get());
            }
        } finally {
            browsers.shutdownNow();
        }
        assertThat(answers).filteredOn(answer -> answer.statusCode() == 303).hasSize(1);
        assertThat(answers).filteredOn(answer -> answer.statusCode() == 410).hasSize(7);
        assertThat(Person.count("role", Role.ADMIN)).isEqualTo(1);
        assertThat(link.path()).isEmpty();
        assertThat(Forms.as(null).get(newer).statusCode()).isEqualTo(410);
        String session = answers.stream()
                .filter(answer -> answer.statusCode() == 303)
                .findFirst()
                .orElseThrow()
                .cookie(SessionCookie.NAME);
        assertThat(Forms.isSignedIn(session)).isTrue();

        Response refused = Forms.post(session, "/settings/delete", "current", PASSWORD);
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(Forms.page(refused).select(".causes").text()).contains("You are the only administrator");
    }

    private static Response register(String path, String name) {
        return Forms.post(null, path, "name", name, "password", PASSWORD, "again", PASSWORD);
    }
}
