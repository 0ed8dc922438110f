package io.lorahub.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.serve.FirstAdminLink;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Whatever admins do to each other, someone can still administer the hub, or the next start offers a link. */
@QuarkusTest
@TestProfile(FreshHub.class)
@QuarkusTestResource(PostgresResource.class)
class LastAdministratorTest {

    private static final int ROUNDS = 5;

    private final Hub hub;
    private final FirstAdminLink link;
    private Person one;
    private Person two;

    LastAdministratorTest(Hub hub, FirstAdminLink link) {
        this.hub = hub;
        this.link = link;
    }

    @BeforeEach
    void two_admins() {
        QuarkusTransaction.requiringNew()
                .run(() -> Person.update("role = ?1 where role = ?2", Role.MEMBER, Role.ADMIN));
        one = hub.person(Role.ADMIN);
        two = hub.person(Role.ADMIN);
    }

    @Test
    void the_last_admin_after_a_ban_cannot_leave() {
        assertThat(ban(one, two).statusCode()).isEqualTo(303);
        Response refused = leave(one);
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(Forms.page(refused).select(".causes").text()).contains("You are the only administrator");
        assertThat(changeRole(one, one, "member").statusCode()).isEqualTo(409);
        assertThat(active()).containsExactly(one.name);
    }

    @Test
    void a_hub_whose_admins_are_all_banned_offers_the_link_again() {
        assertThat(link.path()).isEmpty();
        QuarkusTransaction.requiringNew()
                .run(() -> Person.update("bannedAt = ?1, banReason = 'x' where role = ?2", Instant.now(), Role.ADMIN));

        String path = link.path().orElseThrow();
        Response made =
                Forms.post(null, path, "name", "rescue-" + one.name, "password", Hub.PASSWORD, "again", Hub.PASSWORD);
        assertThat(made.statusCode()).isEqualTo(303);
        assertThat(active()).containsExactly("rescue-" + one.name);
        assertThat(link.path()).isEmpty();
    }

    @RepeatedTest(ROUNDS)
    void of_two_who_leave_at_once_one_stays() throws Exception {
        assertThat(together(() -> leave(one), () -> leave(two))).containsExactlyInAnyOrder(303, 409);
        assertThat(active()).hasSize(1);
    }

    @RepeatedTest(ROUNDS)
    void of_two_who_ban_each_other_at_once_one_stays() throws Exception {
        together(() -> ban(one, two), () -> ban(two, one));
        assertThat(active()).hasSize(1);
    }

    @RepeatedTest(ROUNDS)
    void of_one_who_leaves_and_one_who_gives_up_the_role_one_stays() throws Exception {
        assertThat(together(() -> leave(one), () -> changeRole(two, two, "member")))
                .containsExactlyInAnyOrder(303, 409);
        assertThat(active()).hasSize(1);
    }

    @RepeatedTest(ROUNDS)
    void of_one_who_leaves_and_one_who_demotes_them_the_latter_stays() throws Exception {
        together(() -> leave(one), () -> changeRole(two, one, "member"));
        assertThat(active()).containsExactly(two.name);
    }

    /** More than the hub has connections to its database: nobody waits for a connection while holding the lock. */
    @Test
    void of_many_who_leave_at_once_one_stays() throws Exception {
        List<Callable<Response>> leaving = new ArrayList<>(List.of(() -> leave(one), () -> leave(two)));
        for (int i = 0; i < 30; i++) {
            String session = hub.session(hub.person(Role.ADMIN));
            leaving.add(() -> leave(session));
        }

        List<Integer> answers = together(leaving);

        assertThat(answers).filteredOn(status -> status == 303).hasSize(31);
        assertThat(answers).filteredOn(status -> status == 409).hasSize(1);
        assertThat(active()).hasSize(1);
    }

    private static List<Integer> together(Callable<Response> first, Callable<Response> second) throws Exception {
        List<Integer> answers = together(List.of(first, second));
        assertThat(answers).allSatisfy(status -> assertThat(status).isLessThan(500));
        return answers;
    }

    private static List<Integer> together(List<Callable<Response>> requests) throws Exception {
        ExecutorService browsers = Executors.newFixedThreadPool(requests.size());
        try {
            List<Integer> answers = new ArrayList<>();
            for (Future<Response> answer : browsers.invokeAll(requests)) {
                answers.add(answer.get().statusCode());
            }
            return answers;
        } finally {
            browsers.shutdownNow();
        }
    }

    private Response leave(Person person) {
        return leave(hub.session(person));
    }

    private static Response leave(String session) {
        return Forms.post(session, "/settings/delete", "current", Hub.PASSWORD);
    }

    private Response ban(Person by, Person whom) {
        return Forms.post(hub.session(by), "/moderation/members/" + whom.name + "/ban", "reason", "x");
    }

    private Response changeRole(Person by, Person whom, String role) {
        return Forms.post(hub.session(by), "/moderation/members/" + whom.name + "/role", "role", role);
    }

    private static List<String> active() {
        return QuarkusTransaction.requiringNew()
                .call(() -> Person.<Person>list("role = ?1 and bannedAt is null", Role.ADMIN).stream()
                        .map(person -> person.name)
                        .toList());
    }
}
