package io.lorahub.huggingface;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.download.PublishedFiles;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients ask for beside files and commits: links that they print, filters and functions that the hub lacks. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ClientAnswersTest {

    private final Hub hub;
    private final PublishedFiles files;

    private Person owner;
    private String id;

    ClientAnswersTest(Hub hub, PublishedFiles files) {
        this.hub = hub;
        this.files = files;
    }

    @BeforeEach
    void publish() {
        owner = hub.person(Role.MEMBER);
        Adapter adapter = files.adapter(
                owner, Visibility.PUBLIC, Map.of("adapter_config.json", "{}".getBytes(UTF_8), "a b.txt", new byte[9]));
        id = adapter.address();
    }

    @ParameterizedTest
    @CsvSource({
        "/tree/main, ''",
        "/commits/main, ''",
        "/commit/HEAD, ''",
        "/blob/main/a%20b.txt, /resolve/main/a%20b.txt",
        "/raw/1.0.0/adapter_config.json, /resolve/1.0.0/adapter_config.json"
    })
    void links_lead_to_the_page_or_the_file(String link, String target) {
        String commit = given().get("/api/models/" + id).path("sha");

        Response answer = given().urlEncodingEnabled(false)
                .redirects()
                .follow(false)
                .get("/" + id + link.replace("HEAD", commit));

        assertThat(answer.statusCode()).isEqualTo(303);
        assertThat(answer.header("Location")).endsWith("/" + id + target);
        assertThat(given().urlEncodingEnabled(false).get("/" + id + target).statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tree/nope", "/blob/main/nope", "/commit/0000000000000000000000000000000000000000"})
    void links_to_nothing_are_not_found(String link) {
        assertThat(given().get("/" + id + link).statusCode()).isEqualTo(404);
    }

    @Test
    void links_into_a_repository_without_an_adapter_lead_to_its_page() {
        String token = hub.token(owner, Scope.WRITE);
        given().auth()
                .oauth2(token)
                .contentType("application/json")
                .body(Map.of("name", "empty"))
                .post("/api/repos/create")
                .then()
                .statusCode(200);

        Response link = given().redirects().follow(false).get("/%s/empty/tree/main".formatted(owner.name));

        assertThat(link.statusCode()).isEqualTo(303);
        assertThat(link.header("Location")).endsWith("/" + owner.name + "/empty");
        given().get("/" + owner.name + "/empty").then().statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"apps=vllm", "inference=warm", "inference_provider=x", "num_parameters=min:6B", "gated=true"})
    void filters_of_what_the_hub_knows_nothing_about_match_nothing(String filter) {
        assertThat(given().get("/api/models?author=" + owner.name).jsonPath().getList("$"))
                .hasSize(1);
        assertThat(given().get("/api/models?author=" + owner.name + "&" + filter)
                        .jsonPath()
                        .getList("$"))
                .isEmpty();
    }

    @Test
    void whoami_names_the_token() {
        Response answer = given().auth().oauth2(hub.token(owner, Scope.READ)).get("/api/whoami-v2");

        AccessToken token = QuarkusTransaction.requiringNew()
                .call(() -> AccessToken.find("person", owner).firstResult());
        assertThat(answer.<Map<String, String>>path("auth.accessToken"))
                .containsEntry("displayName", token.name)
                .containsEntry("role", "read")
                .containsEntry("createdAt", RepositoryJson.time(token.createdAt));
        assertThat(AsBrowser.given(hub.session(owner)).get("/api/whoami-v2").<Object>path("auth"))
                .isNull();
    }

    @Test
    void lists_begin_with_the_least_if_the_direction_says_so() {
        String newer = files.adapter(owner, Visibility.PUBLIC, Map.of("adapter_config.json", "{}".getBytes(UTF_8)))
                .address();
        String all = "/api/models?author=" + owner.name + "&sort=createdAt";

        assertThat(given().get(all + "&direction=-1").<List<String>>path("id")).containsExactly(newer, id);
        assertThat(given().get(all).<List<String>>path("id")).containsExactly(newer, id);
        Response first = given().get(all + "&direction=1&limit=1");
        assertThat(first.<List<String>>path("id")).containsExactly(id);
        String next = first.header("Link").replaceAll("^<([^>]*)>.*", "$1");
        assertThat(given().urlEncodingEnabled(false).get(next).<List<String>>path("id"))
                .containsExactly(newer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/revision/main", "/tree/main", "/commits/main"})
    void a_name_without_a_publisher_is_no_repository(String function) {
        Response answer = given().get("/api/models/nobody-has-this" + function);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.header("X-Error-Code")).isEqualTo("RepoNotFound");
    }

    @Test
    void functions_that_the_hub_lacks_are_told_from_missing_repositories() {
        Response lacking = given().get("/api/models/" + id + "/discussions?p=0");

        assertThat(lacking.statusCode()).isEqualTo(404);
        assertThat(lacking.header("X-Error-Code")).isNull();
        assertThat(lacking.header("X-Error-Message")).contains("no discussions and no pull requests");
        assertThat(given().get("/api/datasets/" + id).header("X-Error-Code")).isEqualTo("RepoNotFound");
    }

    @ParameterizedTest
    @CsvSource({"999, 200", "1000, 413", "5000, 413"})
    void a_form_of_very_many_fields_is_refused(int count, int status) {
        Response answer = given().formParam("expand", "false")
                .formParam("paths", Collections.nCopies(count, "adapter_config.json"))
                .post("/api/models/" + id + "/paths-info/main");

        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(status);
    }
}
