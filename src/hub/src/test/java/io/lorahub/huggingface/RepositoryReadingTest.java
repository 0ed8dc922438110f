package io.lorahub.huggingface;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Visibility;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.download.PublishedFiles;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.yaml.snakeyaml.Yaml;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RepositoryReadingTest {

    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final byte[] CONFIG = "{\"r\": 8}".getBytes(UTF_8);
    private static final byte[] TENSORS = new byte[5000];

    static {
        new Random(3).nextBytes(TENSORS);
    }

    private final Hub hub;
    private final PublishedFiles files;

    private Person owner;
    private Adapter adapter;

    RepositoryReadingTest(Hub hub, PublishedFiles files) {
        this.hub = hub;
        this.files = files;
    }

    @BeforeEach
    void publish() {
        owner = hub.person(Role.MEMBER);
        adapter = publish(Visibility.PUBLIC);
    }

    private Adapter publish(Visibility visibility) {
        return files.adapter(owner, visibility, Map.of("adapter_config.json", CONFIG, WEIGHTS, TENSORS));
    }

    @Test
    void the_head_of_a_file_has_what_a_client_needs_for_its_cache() {
        Response weights = given().head(file("main", WEIGHTS));
        Response config = given().head(file("main", "adapter_config.json"));

        String commit = model().path("sha");
        String sha256 = DigestUtils.sha256Hex(TENSORS);
        assertThat(commit).matches("[0-9a-f]{40}");
        assertThat(weights.statusCode()).isEqualTo(200);
        assertThat(weights.header("X-Repo-Commit")).isEqualTo(commit);
        assertThat(weights.header("ETag")).isEqualTo("\"" + sha256 + "\"");
        assertThat(weights.header("X-Linked-Etag")).isEqualTo("\"" + sha256 + "\"");
        assertThat(weights.header("X-Linked-Size")).isEqualTo("5000");
        assertThat(weights.header("Content-Length")).isEqualTo("5000");
        assertThat(weights.header("Accept-Ranges")).isEqualTo("bytes");
        assertThat(weights.header("X-Xet-Hash")).isNull();
        // git hash-object, for a file with this content
        assertThat(config.header("ETag")).isEqualTo("\"" + DigestUtils.sha1Hex("blob 8\0{\"r\": 8}") + "\"");
    }

    @Test
    void a_range_of_a_file_comes_from_each_of_its_revisions() {
        String commit = model().path("sha");

        for (String revision : List.of("main", "1.0.0", commit, "refs%2Fheads%2Fmain")) {
            Response part = given().urlEncodingEnabled(false)
                    .header("Range", "bytes=100-199")
                    .get(file(revision, WEIGHTS));
            assertThat(part.statusCode()).as(revision).isEqualTo(206);
            assertThat(part.asByteArray()).isEqualTo(Arrays.copyOfRange(TENSORS, 100, 200));
        }
    }

    @Test
    void the_readme_is_the_card_as_a_model_card() {
        String readme = given().get(file("main", "README.md")).asString();

        String[] parts = readme.split("---\n");
        Map<String, Object> metadata = new Yaml().load(parts[1]);
        assertThat(metadata)
                .containsEntry("base_model", "lorahub/demo-base")
                .containsEntry("library_name", "peft")
                .containsEntry("license", "mit")
                .containsEntry("language", List.of("en"))
                .containsEntry("tags", List.of("spelling"));
        assertThat(parts[2]).contains("# Prefix un-\n", "Puts un before a word.");
    }

    @Test
    void a_change_of_the_card_is_a_commit_and_the_commits_before_it_stay() {
        String first = model().path("sha");
        change(adapter, stored -> stored.title = "Another title");

        String second = model().path("sha");

        assertThat(second).isNotEqualTo(first);
        assertThat(model().<String>path("sha")).as("once more").isEqualTo(second);
        assertThat(given().get(file("main", "README.md")).asString()).contains("# Another title");
        assertThat(given().get(file(first, "README.md")).asString()).contains("# Prefix un-");
        assertThat(given().get(file("1.0.0", "README.md")).header("X-Repo-Commit"))
                .isEqualTo(first);
        assertThat(given().get(api("/commits/main")).<List<String>>path("id")).containsExactly(second, first);
    }

    @Test
    void each_version_is_a_commit_with_a_tag() {
        String first = model().path("sha");
        QuarkusTransaction.requiringNew().run(() -> {
            AdapterVersion version = new AdapterVersion();
            version.adapter = Adapter.findById(adapter.id);
            AdapterVersion before = version.adapter.newest();
            version.number = 2;
            version.label = "1.1.0";
            version.notes = "Longer training";
            version.facts = before.facts;
            version.findings = before.findings;
            version.files = new TreeMap<>(Map.of(WEIGHTS, before.files.get(WEIGHTS)));
            version.persist();
        });

        Response refs = given().get(api("/refs"));

        String second = model().path("sha");
        assertThat(refs.<List<String>>path("tags.name")).containsExactly("1.1.0", "1.0.0");
        assertThat(refs.<List<String>>path("tags.targetCommit")).containsExactly(second, first);
        assertThat(refs.<String>path("branches[0].targetCommit")).isEqualTo(second);
        assertThat(given().get(api("/commits/main")).<List<String>>path("message"))
                .containsExactly("Longer training", "");
        assertThat(given().get(api("/tree/main")).<List<String>>path("path")).containsExactly("README.md", WEIGHTS);
        assertThat(given().get(api("/tree/1.0.0")).<List<String>>path("path"))
                .containsExactly("README.md", "adapter_config.json", WEIGHTS);
    }

    @Test
    void a_tree_comes_in_pages() {
        Response first = given().get(api("/tree/main?limit=2"));

        String next = first.header("Link").replaceAll("^<([^>]*)>.*", "$1");
        Response second = given().urlEncodingEnabled(false).get(next);
        assertThat(first.<List<String>>path("path")).containsExactly("README.md", "adapter_config.json");
        assertThat(second.<List<String>>path("path")).containsExactly(WEIGHTS);
        assertThat(second.header("Link")).isNull();
        assertThat(second.<String>path("[0].lfs.oid")).isEqualTo(DigestUtils.sha256Hex(TENSORS));
    }

    @Test
    void paths_that_do_not_exist_are_left_out() {
        Response answer = given().formParam("paths", "README.md", "nothing.txt").post(api("/paths-info/main"));

        assertThat(answer.<List<String>>path("path")).containsExactly("README.md");
    }

    @ParameterizedTest
    @CsvSource({
        "main, nothing.txt, EntryNotFound",
        "0.0.9, README.md, RevisionNotFound",
        "0123456789012345678901234567890123456789, README.md, RevisionNotFound"
    })
    void an_error_has_the_code_from_which_clients_choose_the_exception(String revision, String path, String code) {
        Response answer = given().head(file(revision, path));

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.header("X-Error-Code")).isEqualTo(code);
    }

    @Test
    void a_private_adapter_is_there_for_its_publisher_only() {
        adapter = publish(Visibility.PRIVATE);
        String mine = hub.token(owner, AccessToken.Scope.READ);
        String others = hub.token(hub.person(Role.MEMBER), AccessToken.Scope.WRITE);

        Response theirs = by(others).get(file("main", WEIGHTS));

        assertThat(theirs.statusCode()).isEqualTo(404);
        assertThat(theirs.header("X-Error-Code")).isEqualTo("RepoNotFound");
        assertThat(theirs.<String>path("detail")).startsWith("There is no repository " + adapter.address());
        assertThat(theirs.<String>path("error"))
                .isEqualTo("Repository not found"); // clients then print only their own words
        assertThat(theirs.header("X-Error-Message")).isEqualTo("Repository not found");
        assertThat(by(mine).get(file("main", WEIGHTS)).asByteArray()).isEqualTo(TENSORS);
        assertThat(by(mine).get(api("")).<Boolean>path("private")).isTrue();
        Response answer = by(mine).formParam("paths", WEIGHTS).post(api("/paths-info/main"));
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void an_adapter_that_was_taken_down_is_disabled() {
        change(adapter, stored -> {
            stored.state = AdapterState.TAKEN_DOWN;
            stored.stateReason = "Copied.";
        });

        Response answer = given().get(file("main", WEIGHTS));

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.header("X-Error-Message")).isEqualTo("Access to this resource is disabled.");
        assertThat(answer.asString()).doesNotContain("Copied");
    }

    @Test
    void an_invalid_token_is_told_from_a_missing_one() {
        Response answer = given().auth().oauth2("lh_invalid").get("/api/whoami-v2");

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.header("X-Error-Message")).isEqualTo("Invalid credentials in Authorization header");
    }

    @Test
    void lists_are_filtered_sorted_and_paged() {
        Adapter more = publish(Visibility.PUBLIC);
        Adapter mine = publish(Visibility.PRIVATE);
        change(more, stored -> {
            stored.downloads = 7;
            stored.tags = List.of("spelling", "prefix");
        });
        String all = "/api/models?author=" + owner.name;

        Response first = given().get(all + "&sort=downloads&limit=1");

        String next = first.header("Link").replaceAll("^<([^>]*)>.*", "$1");
        assertThat(first.<List<String>>path("id")).containsExactly(more.address());
        assertThat(given().urlEncodingEnabled(false).get(next).<List<String>>path("id"))
                .containsExactly(adapter.address());
        assertThat(ids(all + "&filter=prefix&filter=license:mit")).containsExactly(more.address());
        assertThat(ids(all + "&filter=peft&filter=base_model:adapter:lorahub/demo-base"))
                .hasSize(2);
        assertThat(ids(all + "&filter=base_model:finetune:lorahub/demo-base")).isEmpty();
        assertThat(ids("/api/models?search=" + more.name + "&filter=prefix")).contains(more.address());
        String token = hub.token(owner, AccessToken.Scope.READ);
        assertThat(by(token).get(all).<List<String>>path("id")).contains(mine.address());
    }

    @Test
    void a_base_model_stands_under_its_name_even_if_a_member_has_the_same() {
        QuarkusTransaction.requiringNew().run(() -> {
            BaseModelRecord model = new BaseModelRecord();
            model.name = adapter.address();
            model.modelType = "t5";
            model.parameters = 1;
            model.bytes = 4;
            model.files =
                    new TreeMap<>(Map.of("config.json", adapter.newest().files.get("adapter_config.json")));
            model.persist();
        });

        assertThat(given().get(api("/tree/main")).<List<String>>path("path")).containsExactly("config.json");
        assertThat(given().get(file("main", "config.json")).asByteArray()).isEqualTo(CONFIG);
        assertThat(given().get(file("main", WEIGHTS)).header("X-Error-Code")).isEqualTo("EntryNotFound");
    }

    private static RequestSpecification by(String token) {
        return given().auth().oauth2(token);
    }

    private static List<String> ids(String address) {
        return given().get(address).path("id");
    }

    private Response model() {
        return given().get(api(""));
    }

    private String api(String below) {
        return "/api/models/" + adapter.address() + below;
    }

    private String file(String revision, String path) {
        return "/" + adapter.address() + "/resolve/" + revision + "/" + path;
    }

    private static void change(Adapter adapter, Consumer<Adapter> change) {
        QuarkusTransaction.requiringNew().run(() -> change.accept(Adapter.findById(adapter.id)));
    }
}
