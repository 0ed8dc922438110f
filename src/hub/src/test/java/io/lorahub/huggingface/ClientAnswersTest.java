package io.lorahub.huggingface;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.AccessToken;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    void a_list_is_searched_for_a_few_words() {
        String words = IntStream.range(0, 21).mapToObj(i -> "w" + i).collect(Collectors.joining(","));
        given().queryParam("search", words.replace(',', ' '))
                .get("/api/models")
                .then()
                .statusCode(400);
        given().queryParam("filter", words).get("/api/models").then().statusCode(400);
        given().queryParam("search", "a ".repeat(3000))
                .get("/api/models")
                .then()
                .statusCode(200);
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

        Response link =
                given().auth().oauth2(token).redirects().follow(false).get("/%s/empty/tree/main".formatted(owner.name));

        assertThat(link.statusCode()).isEqualTo(303);
        assertThat(link.header("Location")).endsWith("/" + owner.name + "/empty");
        given().auth().oauth2(token).get("/" + owner.name + "/empty").then().statusCode(200);
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
        Response data = given().get("/api/datasets/" + id);
        assertThat(data.header("X-Error-Code")).isEqualTo("RepoNotFound");
        assertThat(data.<String>path("error")).isEqualTo("This hub has no data sets; its repositories are models.");
        assertThat(given().head("/datasets/" + id + "/resolve/main/a.csv").header("X-Error-Code"))
                .isEqualTo("RepoNotFound");
    }

    /** The addresses are those of huggingface_hub 2.4.0. */
    @ParameterizedTest
    @CsvSource({
        "GET, /api/collections, no collections",
        "POST, /api/collections/a/b/items, no collections",
        "GET, /api/datasets, no data sets",
        "GET, /api/datasets-tags-by-type, no data sets",
        "GET, /api/spaces, no Spaces",
        "GET, /api/spaces/semantic-search, no Spaces",
        "GET, /api/settings/webhooks, no webhooks",
        "GET, /api/jobs/someone, no jobs",
        "GET, /api/daily_papers, no papers",
        "GET, /api/buckets/someone, no buckets",
        "GET, /api/users/someone/followers, nobody follows",
        "GET, /api/organizations/someone/members, members of an organization",
        "GET, /api/models/a/b/likers, only members themselves",
        "POST, /api/models/a/b/duplicate, copies no repositories",
        "GET, /api/models/a/b/user-access-request/pending, no gated repositories",
        "GET, /a/b.git/info/refs, no Git",
        "GET, /api/agent-harnesses, this function"
    })
    void what_the_hub_lacks_is_said(String method, String path, String words) {
        Response answer = given().contentType("application/json").request(method, path);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.header("X-Error-Message"))
                .containsIgnoringCase("this hub")
                .contains(words);
        assertThat(answer.<String>path("error")).isEqualTo(answer.header("X-Error-Message"));
        assertThat(answer.header("X-Error-Code")).isNull();
    }

    @Test
    void a_member_is_a_user_and_another_publisher_an_organization() {
        String group = owner.name + "-lab";
        QuarkusTransaction.requiringNew().run(() -> {
            Publisher publisher = new Publisher();
            publisher.name = group;
            publisher.title = "A lab";
            publisher.members.add(Person.findById(owner.id));
            publisher.persist();
        });

        Response user = given().get("/api/users/" + owner.name + "/overview");
        Response organization = given().get("/api/organizations/" + group + "/overview");

        assertThat(user.<String>path("user")).isEqualTo(owner.name);
        assertThat(user.<Integer>path("numModels")).isEqualTo(1);
        assertThat(user.<Object>path("numLikes")).isNull(); // only they know
        assertThat(given().auth()
                        .oauth2(hub.token(owner, Scope.READ))
                        .get("/api/users/" + owner.name + "/overview")
                        .<Integer>path("numLikes"))
                .isZero();
        assertThat(organization.<String>path("fullname")).isEqualTo("A lab");
        assertThat(organization.<Integer>path("numModels")).isZero();
        assertThat(given().get("/api/users/" + group + "/overview").<String>path("error"))
                .contains("is an organization");
        assertThat(given().get("/api/organizations/" + owner.name + "/overview").<String>path("error"))
                .contains("is a member of this hub, no organization");
        assertThat(given().get("/api/users/nobody-has-this/overview").<String>path("error"))
                .isEqualTo("There is no user nobody-has-this.");
    }

    @Test
    void a_repository_is_not_made_public_by_a_flag_of_the_wrong_type() {
        given().auth()
                .oauth2(hub.token(owner, Scope.WRITE))
                .contentType("application/json")
                .body(Map.of("name", "unclear", "private", "yes"))
                .post("/api/repos/create")
                .then()
                .statusCode(400);
    }

    @Test
    void members_list_their_repositories_with_what_each_takes() {
        String token = hub.token(owner, Scope.WRITE);
        given().auth()
                .oauth2(token)
                .contentType("application/json")
                .body(Map.of("name", "begun", "private", true))
                .post("/api/repos/create");

        Response list = given().auth().oauth2(token).get("/api/settings/repositories");

        assertThat(list.<List<String>>path("id")).containsExactlyInAnyOrder(id, owner.name + "/begun");
        assertThat(list.<String>path("find { it.id == '%s' }.visibility".formatted(id)))
                .isEqualTo("public");
        assertThat(list.<Integer>path("find { it.id == '%s' }.storage".formatted(id)))
                .isEqualTo(2 + 9); // {} and a b.txt; nobody has asked for its README.md yet
        assertThat(list.<List<Float>>path("storagePercent").stream()
                        .mapToDouble(Float::doubleValue)
                        .sum())
                .isCloseTo(100, within(0.01));
        String same = "/api/organizations/" + owner.name + "/settings/repositories";
        assertThat(given().auth().oauth2(token).get(same).asString()).isEqualTo(list.asString());
        String other = hub.token(hub.person(Role.MEMBER), Scope.WRITE);
        assertThat(given().auth().oauth2(other).get(same).statusCode()).isEqualTo(403);
        assertThat(given().get("/api/settings/repositories").statusCode()).isEqualTo(401);
    }

    @Test
    void the_tags_that_lists_can_be_filtered_by_are_those_of_public_adapters() {
        String hidden = "hidden-" + owner.name;
        files.adapter(owner, Visibility.PRIVATE, Map.of());
        QuarkusTransaction.requiringNew()
                .run(() ->
                        Adapter.<Adapter>find("publisher.name = ?1 and visibility = ?2", owner.name, Visibility.PRIVATE)
                                        .<Adapter>firstResult()
                                        .tags =
                                List.of(hidden));

        Response tags = given().get("/api/models-tags-by-type");

        assertThat(tags.<List<String>>path("pipeline_tag.id"))
                .containsExactly("text-generation", "text2text-generation");
        assertThat(tags.<List<String>>path("library.id")).contains("peft");
        assertThat(tags.<List<String>>path("license.id")).contains("license:mit");
        assertThat(tags.<List<String>>path("other.id")).contains("spelling").doesNotContain(hidden);
        String licence = tags.path("license.id[0]");
        assertThat(given().get("/api/models?limit=1&filter=" + licence)
                        .jsonPath()
                        .getList("$"))
                .hasSize(1);
    }

    /** huggingface_hub documents "search" as "a string that will be contained in the returned model ids". */
    @Test
    void a_search_finds_parts_of_ids_and_no_other_words() {
        String all = "/api/models?author=" + owner.name + "&search=";
        String name = id.substring(id.indexOf('/') + 1);

        assertThat(given().get(all + name.substring(1)).<List<String>>path("id"))
                .containsExactly(id);
        assertThat(given().get(all + "prefix").<List<String>>path("id")).isEmpty(); // a word of the title
    }

    @Test
    void what_an_adapter_does_and_how_large_it_is_follows_from_its_files() {
        String encoder = described("encoder.block.0.layer.0.SelfAttention.q", "nobody/encodes");
        String decoder = described("model.layers.0.self_attn.q_proj", "nobody/decodes");
        String all = "/api/models?author=" + owner.name;

        Response list = given().get(all + "&pipeline_tag=text2text-generation&expand=pipeline_tag&expand=safetensors");
        Response info = given().get("/api/models/" + decoder);

        assertThat(list.<List<String>>path("id")).contains(encoder).doesNotContain(decoder);
        assertThat(list.<String>path("find { it.id == '%s' }.pipeline_tag".formatted(encoder)))
                .isEqualTo("text2text-generation");
        assertThat(list.<Integer>path("find { it.id == '%s' }.safetensors.parameters.F32".formatted(encoder)))
                .isEqualTo(320);
        assertThat(info.<String>path("pipeline_tag")).isEqualTo("text-generation");
        assertThat(info.<Integer>path("safetensors.total")).isEqualTo(320);
        assertThat(info.<List<String>>path("tags")).contains("text-generation");
        assertThat(given().get(all + "&filter=text-generation").<List<String>>path("id"))
                .contains(decoder)
                .doesNotContain(encoder);
        assertThat(given().get(all + "&pipeline_tag=fill-mask").<List<String>>path("id"))
                .isEmpty();
    }

    private String described(String module, String model) {
        Adapter adapter = files.adapter(owner, Visibility.PUBLIC, Map.of());
        QuarkusTransaction.requiringNew().run(() -> {
            Adapter stored = Adapter.findById(adapter.id);
            stored.baseModel = model;
            ObjectNode facts = JsonNodeFactory.instance.objectNode().put("parameters", 320);
            facts.putArray("dtypes").add("F32");
            facts.putArray("layers")
                    .addObject()
                    .put("module", module)
                    .put("rank", 2)
                    .put("norm", 1);
            stored.newest().facts = facts;
        });
        return adapter.address();
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
