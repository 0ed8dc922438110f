package io.lorahub.organisation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.PublicHub;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(PublicHub.class)
@QuarkusTestResource(PostgresResource.class)
class UnreachableProviderTest {

    @Test
    void the_sign_in_page_says_so_and_passwords_work_on() {
        for (int attempt = 0; attempt < 2; attempt++) {
            Response answer = AsBrowser.given().get("/signin/organisation?next=/inbox");
            assertThat(answer.statusCode()).isEqualTo(303);
            assertThat(answer.header("Location")).isEqualTo("/signin?note=unreachable");
        }
        Document page =
                Jsoup.parse(AsBrowser.given().get("/signin?note=unreachable").asString());
        assertThat(page.select("[role=alert]").text()).startsWith("Your organisation's sign-in does not answer.");
        assertThat(page.select("a[href^=/signin/organisation]").text()).isEqualTo("Continue with your organisation");
        assertThat(page.select("form[action=/signin]")).hasSize(1);
    }

    @Test
    void nothing_else_is_disturbed() {
        assertThat(AsBrowser.given().get("/register").statusCode()).isEqualTo(200);
        assertThat(AsBrowser.given()
                        .cookie("q_session_organisation", "invented")
                        .get("/register")
                        .statusCode())
                .isEqualTo(200);
    }
}
