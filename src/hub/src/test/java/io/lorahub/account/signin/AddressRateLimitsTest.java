package io.lorahub.account.signin;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Forms;
import io.lorahub.account.FreshHub;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(FreshHub.class)
@QuarkusTestResource(PostgresResource.class)
class AddressRateLimitsTest {

    private static final String PASSWORD = "three small boats";

    private final Hub hub;

    AddressRateLimitsTest(Hub hub) {
        this.hub = hub;
    }

    @Test
    void one_address_makes_so_many_accounts_and_no_more_and_refused_forms_do_not_count() {
        int typos = FreshHub.SIGN_INS - FreshHub.REGISTRATIONS - 1;
        for (int i = 0; i < typos; i++) assertThat(register("a b").statusCode()).isEqualTo(422);
        for (int i = 0; i < FreshHub.REGISTRATIONS; i++) {
            assertThat(register("many-" + i).statusCode()).isEqualTo(303);
        }
        Response refused = register("many-more");
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(Forms.page(refused).select("[role=alert]").text()).contains("Wait 60 minutes");
        assertThat(Forms.page(refused).select("#f-name").val()).isEqualTo("many-more");
        assertThat(Person.named("many-more")).isEmpty();
        assertThat(register("a b").statusCode()).as("one form too many").isEqualTo(429);
    }

    @Test
    void one_address_tries_so_many_passwords_whatever_the_names_but_that_locks_no_known_browser_out() {
        Person person = hub.person(Role.MEMBER);
        String browser = Forms.signIn(person.name, Hub.PASSWORD).cookie("lorahub_browser");
        for (int i = 1; i < FreshHub.SIGN_INS; i++) {
            assertThat(Forms.signIn("name-" + i, PASSWORD).statusCode()).isEqualTo(422);
        }
        assertThat(Forms.signIn("another-name", PASSWORD).statusCode()).isEqualTo(429);
        assertThat(Forms.signIn(person.name, Hub.PASSWORD).statusCode()).isEqualTo(429);
        assertThat(Forms.as(null)
                        .cookie("lorahub_browser", browser)
                        .formParam("name", person.name)
                        .formParam("password", Hub.PASSWORD)
                        .post("/signin")
                        .statusCode())
                .isEqualTo(303);
    }

    private static Response register(String name) {
        return Forms.post(null, "/register", "name", name, "password", PASSWORD, "again", PASSWORD);
    }
}
