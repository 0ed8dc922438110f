package io.lorahub.composition.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.FreshHub;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.queue.PoolRows;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import jakarta.enterprise.event.Event;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The process ends while someone watches a run; the other tests of its application watch none. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@TestProfile(FreshHub.class)
class RunWatchEndTest {

    private final Hub hub;
    private final DemoOnHub demo;
    private final PoolRows pool;
    private final Event<ShutdownDelayInitiatedEvent> shutdown;

    RunWatchEndTest(Hub hub, DemoOnHub demo, PoolRows pool, Event<ShutdownDelayInitiatedEvent> shutdown) {
        this.hub = hub;
        this.demo = demo;
        this.pool = pool;
        this.shutdown = shutdown;
    }

    @Test
    void a_watcher_is_told_to_come_back_in_a_moment() throws Exception {
        Person member = hub.person(Role.MEMBER);
        UUID run = pool.waiting(RunOwner.member(member), "un-past", demo.publish(member, "un"));
        try (Socket before = watch(member, run)) {
            assertThat(before.getInputStream().read()).isEqualTo('H');

            shutdown.fire(new ShutdownDelayInitiatedEvent());

            assertThat(text(before)).contains("retry:3000").doesNotContain("event:end");
        }
        try (Socket after = watch(member, run)) {
            assertThat(text(after)).contains("retry:3000");
        }
    }

    private Socket watch(Person member, UUID run) throws Exception {
        Socket socket = new Socket("localhost", RestAssured.port);
        String request =
                "GET /api/v1/runs/%s/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
                        .formatted(run, hub.token(member, Scope.READ));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String text(Socket socket) throws Exception {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
