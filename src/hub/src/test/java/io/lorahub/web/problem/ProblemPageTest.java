package io.lorahub.web.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ProblemPageTest {

    @Inject
    ProblemPage problems;

    /** The frame needs the request, which a test doesn't have. */
    @Test
    void when_the_frame_fails_too_the_page_goes_without() {
        Document page =
                Jsoup.parse(problems.render(new ProblemException(ProblemType.INTERNAL, Map.of()), "7c41-e09b-2f"));
        assertThat(page.select("h1").text()).isEqualTo("Something went wrong on our side");
        assertThat(page.select("code").text()).isEqualTo("7c41-e09b-2f");
        assertThat(page.select("footer")).isEmpty();
    }
}
