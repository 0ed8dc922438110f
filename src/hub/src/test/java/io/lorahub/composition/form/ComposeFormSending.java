package io.lorahub.composition.form;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** A member who sends the form of the page that composes, on a hub with four adapters. */
abstract class ComposeFormSending {

    static final Duration SOON = Duration.ofSeconds(60);

    final Hub hub;
    final DemoOnHub demo;
    final ComposeDrafts drafts;
    Person member;
    String session;
    List<String> candidates;

    ComposeFormSending(Hub hub, DemoOnHub demo, ComposeDrafts drafts) {
        this.hub = hub;
        this.demo = demo;
        this.drafts = drafts;
    }

    @BeforeEach
    void publish() {
        member = hub.person(Role.MEMBER);
        session = hub.session(member);
        candidates = demo.publish(hub.person(Role.MEMBER), "un", "past", "re", "plural");
    }

    RequestSpecification form(String action) {
        return AsBrowser.given(session).multiPart("do", action);
    }

    RequestSpecification filled(String action) {
        RequestSpecification form = form(action)
                .multiPart("title", "un-past")
                .multiPart("input", "lock")
                .multiPart("output", "unlocked")
                .multiPart("input", "fold")
                .multiPart("output", "unfolded");
        candidates.forEach(address ->
                form.multiPart("listed", address).multiPart("why", "Found").multiPart("candidate", address));
        return form;
    }

    RunForm draft() {
        return QuarkusTransaction.requiringNew()
                .call(() -> drafts.of(RunOwner.member(member)).orElseThrow());
    }

    ValidatableResponse page() {
        return AsBrowser.given(session).get("/compose").then().statusCode(200);
    }

    static CompositionRun run(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> CompositionRun.findById(id));
    }
}
