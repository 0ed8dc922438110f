package io.lorahub.download;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Range requests and conditional requests. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RangeTest {

    private static final String WEIGHTS = "adapter_model.safetensors";

    /** More than one chunk. */
    private static final byte[] TENSORS = new byte[700_001];

    static {
        new Random(2).nextBytes(TENSORS);
    }

    private final Hub hub;
    private final PublishedFiles files;
    private Adapter adapter;

    RangeTest(Hub hub, PublishedFiles files) {
        this.hub = hub;
        this.files = files;
    }

    @BeforeEach
    void publish() {
        adapter = files.adapter(hub.person(Role.MEMBER), Visibility.PUBLIC, Map.of(WEIGHTS, TENSORS));
    }

    @Test
    void a_range_is_sent_alone() {
        assertPart("bytes=0-99", 0, 100);
        assertPart("bytes=600000-", 600_000, TENSORS.length);
        assertPart("bytes=600000-9999999", 600_000, TENSORS.length);
        assertPart("bytes=-7", TENSORS.length - 7, TENSORS.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=5-2", "bytes=0-1,4-5", "lines=0-1", "nonsense"})
    void a_range_that_cannot_be_read_is_ignored(String range) {
        Response response = given().header("Range", range).get(file(WEIGHTS));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.asByteArray()).isEqualTo(TENSORS);
    }

    @Test
    void a_range_beyond_the_end_is_refused_with_the_size() {
        Response response = given().header("Range", "bytes=700001-").get(file(WEIGHTS));

        assertThat(response.statusCode()).isEqualTo(416);
        assertThat(response.header("Content-Range")).isEqualTo("bytes */700001");
        given().header("Range", "bytes=700001-")
                .get(api("/files/" + WEIGHTS))
                .then()
                .statusCode(416)
                .contentType("application/problem+json")
                .header("Content-Range", "bytes */700001");
    }

    @Test
    void a_range_of_what_has_changed_is_no_range() {
        String tag = given().head(file(WEIGHTS)).header("ETag");
        String date = given().head(file(WEIGHTS)).header("Last-Modified");
        RequestSpecification range = given().header("Range", "bytes=0-9");

        assertThat(range.header("If-Range", tag).get(file(WEIGHTS)).statusCode())
                .isEqualTo(206);
        assertThat(given().header("Range", "bytes=0-9")
                        .header("If-Range", date)
                        .get(file(WEIGHTS))
                        .statusCode())
                .isEqualTo(206);
        assertThat(given().header("Range", "bytes=0-9")
                        .header("If-Range", "\"other\"")
                        .get(file(WEIGHTS))
                        .asByteArray())
                .isEqualTo(TENSORS);
    }

    @Test
    void files_that_the_client_has_are_not_sent_again() {
        Response head = given().head(file(WEIGHTS));

        given().header("If-None-Match", head.header("ETag"))
                .get(file(WEIGHTS))
                .then()
                .statusCode(304)
                .header("ETag", head.header("ETag"));
        given().header("If-None-Match", "\"x\", W/" + head.header("ETag"))
                .get(file(WEIGHTS))
                .then()
                .statusCode(304);
        given().header("If-Match", "W/" + head.header("ETag"))
                .get(file(WEIGHTS))
                .then()
                .statusCode(412);
        given().header("If-Modified-Since", head.header("Last-Modified"))
                .get(file(WEIGHTS))
                .then()
                .statusCode(304);
    }

    private void assertPart(String range, int from, int to) {
        for (String address : new String[] {file(WEIGHTS), api("/files/" + WEIGHTS)}) {
            Response response = given().header("Range", range).get(address);
            assertThat(response.statusCode()).as(range).isEqualTo(206);
            assertThat(response.header("Content-Range"))
                    .isEqualTo("bytes %d-%d/%d".formatted(from, to - 1, TENSORS.length));
            assertThat(response.asByteArray()).as(range).isEqualTo(Arrays.copyOfRange(TENSORS, from, to));
        }
    }

    private String file(String name) {
        return "/" + adapter.address() + "/files/1.0.0/" + name;
    }

    private String api(String rest) {
        return "/api/v1/adapters/" + adapter.address() + "/versions/1.0.0" + rest;
    }
}
