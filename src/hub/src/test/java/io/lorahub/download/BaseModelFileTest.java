package io.lorahub.download;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import io.lorahub.account.Role;
import io.lorahub.demo.DemoHub;
import io.lorahub.storage.Blobs;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.web.ProblemException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class BaseModelFileTest {

    private static final String MODEL = "/api/v1/base-models/" + DemoHub.BASE_MODEL;

    private final Blobs blobs;
    private final Hub hub;
    private final DemoOnHub demo;

    BaseModelFileTest(Blobs blobs, Hub hub, DemoOnHub demo) {
        this.blobs = blobs;
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void register() {
        demo.publish(hub.person(Role.MEMBER), "un");
    }

    @Test
    void everybody_fetches_the_files_that_the_model_lists() throws IOException {
        byte[] config = Files.readAllBytes(DemoHub.open().base().resolve("config.json"));
        String url = given().get(MODEL)
                .then()
                .statusCode(200)
                .body("downloads.find { it.name == 'config.json' }.size", equalTo(config.length))
                .body("downloads.find { it.name == 'model.safetensors' }.sha256", notNullValue())
                .extract()
                .path("downloads.find { it.name == 'config.json' }.url");

        assertThat(given().get(url).then().statusCode(200).extract().asByteArray())
                .isEqualTo(config);
        assertThat(given().header("Range", "bytes=3-9")
                        .get(url)
                        .then()
                        .statusCode(206)
                        .header("Content-Range", "bytes 3-9/" + config.length)
                        .extract()
                        .asByteArray())
                .isEqualTo(Arrays.copyOfRange(config, 3, 10));
        given().head(url).then().statusCode(200).header("Content-Length", Integer.toString(config.length));
        given().get(MODEL + "/files/no-such.json").then().statusCode(404);
        given().get("/api/v1/base-models/no/such/files/config.json").then().statusCode(404);
    }

    @Test
    void a_hub_that_does_not_hand_them_out_says_so() {
        BaseModelFileResource off = new BaseModelFileResource(() -> false, blobs, null);

        assertThatThrownBy(() -> off.file(DemoHub.BASE_MODEL, "config.json"))
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(e.status()).isEqualTo(403))
                .hasMessageContaining("doesn't offer base models");
    }
}
