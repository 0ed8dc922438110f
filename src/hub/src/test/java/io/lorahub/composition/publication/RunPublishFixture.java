package io.lorahub.composition.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.composition.CompositionRun;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.restassured.response.Response;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;

/** What {@link RunPublishTest} and {@link RunPublicationResourceTest} share. */
abstract class RunPublishFixture {

    final Hub hub;
    final DemoOnHub demo;
    final FinishedRuns finished;
    Person member;
    String session;
    List<String> parts;

    RunPublishFixture(Hub hub, DemoOnHub demo, FinishedRuns finished) {
        this.hub = hub;
        this.demo = demo;
        this.finished = finished;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        session = hub.session(member);
        parts = demo.publish(hub.person(Role.MEMBER), "un", "past");
    }

    static void change(String address, Consumer<Adapter> change) {
        String[] words = address.split("/");
        QuarkusTransaction.requiringNew()
                .run(() -> change.accept(Adapter.at(words[0], words[1]).orElseThrow()));
    }

    static String page(CompositionRun run) {
        return "/runs/" + run.id + "/publish";
    }

    /** Unlisted, because the same weights can be public only once, and all tests find the same ones. */
    Response send(CompositionRun run, String name) {
        return send(run, name, "unlisted");
    }

    Response send(CompositionRun run, String name, String visibility) {
        return AsBrowser.given(session)
                .formParams(Map.of(
                        "name", name,
                        "visibility", visibility,
                        "title", "Prefix un- and past",
                        "summary", "",
                        "description", "Both at once.",
                        "tags", "spelling, morphology",
                        "languages", "en",
                        "recipe", "true"))
                .post(page(run));
    }

    /** The address that it has once it has passed its checks. */
    String published(Response sent) {
        assertThat(sent.statusCode()).as(sent.asString()).isEqualTo(303);
        String upload = sent.header("Location");
        assertThat(upload).contains("/uploads/");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> AsBrowser.given(session).get(upload + "/checks").statusCode() == 204);
        Response shown = AsBrowser.given(session).redirects().follow(false).get(upload);
        assertThat(shown.statusCode()).as(shown.asString()).isEqualTo(303);
        return URI.create(shown.header("Location")).getPath().substring(1);
    }
}
