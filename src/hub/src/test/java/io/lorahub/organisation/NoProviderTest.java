package io.lorahub.organisation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Role;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class NoProviderTest {

    private final Hub hub;

    NoProviderTest(Hub hub) {
        this.hub = hub;
    }

    @Test
    void a_hub_without_a_provider_does_not_speak_of_one() {
        assertThat(Jsoup.parse(AsBrowser.given().get("/signin").asString()).select("a[href^=/signin/organisation]"))
                .isEmpty();
        assertThat(AsBrowser.given().get("/signin/organisation").header("Location"))
                .isEqualTo("/signin?note=not-configured");
        assertThat(AsBrowser.given().get("/signin/organisation/").header("Location"))
                .matches(".*/signin(/organisation|.note=not-configured)");
        assertThat(AsBrowser.given().get("/signin/organisation/name").header("Location"))
                .endsWith("/signin?note=not-configured");
        String session = hub.session(hub.person(Role.MEMBER));
        assertThat(AsBrowser.given(session).get("/signin/organisation").header("Location"))
                .isEqualTo("/signin?note=not-configured");
    }
}
