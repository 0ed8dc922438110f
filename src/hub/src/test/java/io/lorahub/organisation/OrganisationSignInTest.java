package io.lorahub.organisation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.lorahub.account.Person;
import io.lorahub.account.PersonSession;
import io.lorahub.account.Role;
import io.lorahub.account.Secret;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.server.KeycloakServer;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(value = KeycloakServer.class, restrictToAnnotatedClass = true)
class OrganisationSignInTest {

    private static final String ADA = "ada.lovelace";
    private static final String GRACE = "grace.hopper";

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final SimpleBrowser browser = new SimpleBrowser();

    OrganisationSignInTest(Hub hub, DemoOnHub demo, RunService runs) {
        this.hub = hub;
        this.demo = demo;
        this.runs = runs;
    }

    @BeforeEach
    void needsKeycloak() {
        assumeThat(KeycloakServer.home())
                .as("Keycloak is not in target/keycloak; the build unpacks it when tests are not skipped")
                .isPresent();
        QuarkusTransaction.requiringNew().run(() -> {
            OrganisationIdentity.deleteAll();
            PendingIdentity.deleteAll();
        });
    }

    @Test
    void new_users_choose_a_name_and_are_recognised_afterwards() {
        signIn(ADA, "/settings");
        assertThat(browser.at().getPath()).isEqualTo("/signin/organisation/name");
        assertThat(browser.page().text()).contains("You signed in at University as ada.lovelace");
        assertThat(browser.page().select("#f-name").val()).isEqualTo("ada-lovelace");
        assertThat(browser.cookies()).contains("lorahub_arrival").doesNotContain("q_session");

        browser.submit("Create account", "name", "ada");
        assertThat(browser.at().getPath()).isEqualTo("/settings");
        assertThat(browser.page().select("#f-display_name").val()).isEqualTo("Ada Lovelace");
        assertThat(browser.page().select("#f-email").val()).isEqualTo("ada@university.example");
        assertThat(browser.cookies()).contains("lorahub_session").doesNotContain("lorahub_arrival");
        assertThat(Person.named("ada").orElseThrow().passwordHash).isNull();

        SimpleBrowser other = new SimpleBrowser();
        signIn(other, ADA, "/settings/password");
        assertThat(other.at().getPath()).isEqualTo("/settings/password");
        assertThat(other.page().text()).contains("ada.lovelace", "Set a password");
        assertThat(other.cookies()).contains("lorahub_session").doesNotContain("q_session");
    }

    @Test
    void the_runs_of_a_visitor_go_along_into_the_new_account_and_into_the_one_that_is_known() {
        for (String name : List.of("carries-runs", "")) {
            SimpleBrowser visitor = new SimpleBrowser();
            Secret secret = Secret.random("");
            UUID run = runOf(secret);
            signIn(visitor.with("lorahub_visitor", secret.text()), ADA, "/runs/" + run);
            if (!name.isEmpty()) visitor.submit("Create account", "name", name);

            assertThat(visitor.at().getPath()).isEqualTo("/runs/" + run);
            assertThat(visitor.status()).isEqualTo(200);
            assertThat(visitor.page().select(".title-line").text()).contains("by carries-runs");
            assertThat(visitor.cookies()).contains("lorahub_session").doesNotContain("lorahub_visitor");
        }
    }

    private UUID runOf(Secret visitor) {
        List<String> candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
        RunSpec spec = RunSpec.of(DemoHub.open().task("un-past").fewShot(1), List.of());
        RunRequest request = new RunRequest("un-past", "", Optional.empty(), candidates, spec);
        return runs.start(RunOwner.visitor(HexFormat.of().formatHex(visitor.hash())), request).id;
    }

    @Test
    void an_account_of_the_same_address_is_not_taken_over_but_linked_by_its_owner() {
        Person grace = hub.person(Role.MEMBER);
        QuarkusTransaction.requiringNew()
                .run(() -> Person.<Person>findById(grace.id).email = "grace@university.example");
        signIn(GRACE, "/inbox");
        assertThat(browser.at().getPath()).isEqualTo("/signin/organisation/name");

        browser.click("Sign in with it first").submit("Sign in", "name", grace.name, "password", Hub.PASSWORD);
        assertThat(browser.at().getPath()).isEqualTo("/signin/organisation/name");
        QuarkusTransaction.requiringNew()
                .run(() -> PersonSession.update(
                        "authenticatedAt = ?1 where person = ?2", Instant.now().minus(Duration.ofMinutes(11)), grace));
        browser.submit("Link to " + grace.name);
        assertThat(browser.at().getPath()).isEqualTo("/settings/confirm");
        assertThat(OrganisationIdentity.of(grace)).isEmpty();
        browser.submit("Confirm", "current", Hub.PASSWORD).submit("Link to " + grace.name);
        assertThat(OrganisationIdentity.of(grace)).hasSize(1);

        SimpleBrowser other = new SimpleBrowser();
        signIn(other, GRACE, "/settings/password");
        assertThat(other.page().text()).contains("Settings", grace.name.substring(0, 6), GRACE);
        other.submit("Unlink");
        assertThat(other.at().getPath()).isEqualTo("/settings/password");
        assertThat(OrganisationIdentity.of(grace)).isEmpty();
    }

    @Test
    void a_name_that_cannot_be_had_is_asked_for_again() {
        signIn("admin", "/");
        assertThat(browser.page().select("#f-name").val()).isEmpty();
        browser.submit("Create account", "name", "Admin");
        assertThat(browser.status()).isEqualTo(422);
        assertThat(browser.page().select("#f-name-error").text()).contains("reserved");
        browser.submit("Create account", "name", hub.person(Role.MEMBER).name);
        assertThat(browser.page().select("#f-name-error").text()).contains("is taken");
        assertThat(OrganisationIdentity.count()).isZero();
    }

    @Test
    void a_banned_person_is_told_why() {
        Person grace = hub.person(Role.MEMBER);
        signIn(GRACE, "/");
        browser.click("Sign in with it first")
                .submit("Sign in", "name", grace.name, "password", Hub.PASSWORD)
                .submit("Link to");
        QuarkusTransaction.requiringNew().run(() -> {
            Person stored = Person.findById(grace.id);
            stored.bannedAt = Instant.now();
            stored.banReason = "Spam.";
        });
        SimpleBrowser other = new SimpleBrowser();
        signIn(other, GRACE, "/");
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.page().text()).contains("This account is banned. The reason given: Spam.");
        assertThat(other.cookies()).doesNotContain("lorahub_session");
    }

    @Test
    void the_last_way_to_sign_in_cannot_be_removed() {
        signIn(ADA, "/settings/password");
        browser.submit("Create account", "name", "only-organisation");
        browser.submit("Unlink");
        assertThat(browser.status()).isEqualTo(409);
        assertThat(browser.page().text()).contains("Set a password first");
    }

    @Test
    void visitors_without_a_pending_identity_must_sign_in_first() {
        browser.open(address("/signin/organisation?state=invented&code=invented"));
        assertThat(browser.at().toString()).contains("/realms/university/");
    }

    @Test
    void a_refusal_and_an_invented_code_lead_back_to_the_sign_in_page() {
        for (String answer : List.of("error=access_denied", "code=invented")) {
            browser.open(address("/signin/organisation"));
            Matcher state =
                    Pattern.compile("[?&]state=([^&]+)").matcher(browser.at().getQuery());
            assertThat(state.find()).isTrue();
            browser.open(address("/signin/organisation?state=" + state.group(1) + "&" + answer));
            assertThat(browser.at().getPath()).isEqualTo("/signin");
            assertThat(browser.page().select("[role=alert]").text()).contains("did not sign you in");
        }
    }

    @Test
    void a_way_to_another_site_is_not_gone() {
        Person grace = hub.person(Role.MEMBER);
        signIn(GRACE, "//elsewhere.example/");
        assertThat(browser.page().select("input[name=next]").val()).isEqualTo("/");
        assertThat(Person.named(grace.name)).isPresent();
    }

    @Test
    void an_invented_arrival_is_nobody() {
        browser.open(address("/signin/organisation/name"));
        assertThat(browser.at().getPath()).isEqualTo("/signin");
        assertThat(browser.page().select("[role=alert]").text()).contains("That took too long");
    }

    private void signIn(String user, String next) {
        signIn(browser, user, next);
    }

    private static void signIn(SimpleBrowser browser, String user, String next) {
        browser.open(address("/signin?next=" + next)).click("Continue with University");
        assertThat(browser.at().toString()).contains("/realms/university/");
        String first = user.equals("admin") ? "root" : user.substring(0, user.indexOf('.'));
        browser.submit("Sign In", "username", user, "password", first + "'s password");
    }

    private static URI address(String path) {
        return URI.create("http://localhost:" + RestAssured.port + path);
    }
}
