package io.lorahub.huggingface.writing;

import static io.lorahub.huggingface.writing.RepositoryClient.add;
import static io.lorahub.huggingface.writing.RepositoryClient.adding;
import static io.lorahub.huggingface.writing.RepositoryClient.by;
import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.repository.RepositoryCommit;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.lorahub.upload.Upload;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
class RepositoryWritingTest extends RepositoryFixture {

    RepositoryWritingTest(Hub hub) {
        super(hub);
    }

    @Test
    void a_name_that_is_taken_is_a_conflict_with_its_address() {
        Response again = RepositoryClient.create(token, "un");

        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.<String>path("url")).endsWith("/" + repository.id());
    }

    @Test
    void a_commit_with_an_adapter_becomes_a_version() {
        AdapterFiles sent = adapter();

        Response committed = repository.commit(adding(sent));

        assertThat(committed.statusCode()).as(committed.asString()).isEqualTo(200);
        String oid = committed.path("commitOid");
        assertThat(repository.head()).isEqualTo(oid);
        assertThat(repository.get("/refs").<String>path("tags[0].targetCommit")).isEqualTo(oid);
        assertThat(repository.file("adapter_model.safetensors")).isEqualTo(sent.get(AdapterFiles.WEIGHTS));
        assertThat(repository.file("README.md")).asString(UTF_8).isEqualTo(README);
        Response page = repository.adapter();
        assertThat(page.<String>path("title")).isEqualTo("A title");
        assertThat(page.<String>path("licence")).isEqualTo("MIT");
        assertThat(page.<String>path("visibility")).isEqualTo("private");
    }

    @Test
    void files_that_come_one_by_one_become_a_version_with_the_last() {
        AdapterFiles sent = adapter();

        Response config = repository.commit(add(AdapterFiles.CONFIG, sent.get(AdapterFiles.CONFIG)));
        int before = repository.adapter().statusCode();
        Response weights = repository.commit(add(AdapterFiles.WEIGHTS, sent.get(AdapterFiles.WEIGHTS)));

        assertThat(config.statusCode()).isEqualTo(200);
        assertThat(before).isEqualTo(404);
        assertThat(weights.statusCode()).as(weights.asString()).isEqualTo(200);
        assertThat(repository.adapter().<String>path("licence")).isEqualTo("other");
    }

    @Test
    void a_commit_of_the_readme_changes_the_card_and_makes_no_version() {
        repository.commit(adding(adapter()));

        Response committed = repository.commit(
                add("README.md", README.replace("A title", "Another").getBytes(UTF_8)));

        assertThat(committed.statusCode()).as(committed.asString()).isEqualTo(200);
        assertThat(repository.adapter().<String>path("title")).isEqualTo("Another");
        assertThat(repository.get("/refs").<List<String>>path("tags.name")).containsExactly("1.0.0");
        assertThat(repository.head()).isEqualTo(committed.path("commitOid"));
    }

    @Test
    void programs_get_all_metadata_of_the_readme_of_a_commit() {
        repository.commit(adding(adapter()));
        String first = repository.head();
        String more = "---\nlicense:\ndatasets: [a, b]\nmodel-index: [{name: un}]\n---\n# A title\n";

        assertThat(repository.commit(add("README.md", more.getBytes(UTF_8))).statusCode())
                .isEqualTo(200);

        Response now = repository.get("");
        assertThat(now.<List<String>>path("cardData.datasets")).containsExactly("a", "b");
        assertThat(now.<String>path("cardData.model-index[0].name")).isEqualTo("un");
        assertThat(now.<String>path("cardData.license")).as("of the card").isEqualTo("mit");
        assertThat(repository.get("/revision/" + first).<Object>path("cardData.datasets"))
                .isNull();

        QuarkusTransaction.requiringNew().run(() -> Adapter.at(owner.name, "un").orElseThrow().title = "Another title");

        assertThat(repository.get("").<List<String>>path("cardData.datasets")).containsExactly("a", "b");
        assertThat(repository.file("README.md"))
                .asString(UTF_8)
                .contains("license: mit\n", "datasets:\n- a\n- b\n", "- name: un\n", "# Another title\n");
    }

    @Test
    void a_readme_that_contains_itself_hides_nothing_else() {
        String readme = "---\na: &x [1, *x]\nlicense: mit\n---\n# A title\n";

        assertThat(repository.commit(add("README.md", readme.getBytes(UTF_8))).statusCode())
                .isEqualTo(200);

        assertThat(repository.get("").<Map<String, Object>>path("cardData")).isEmpty();
        assertThat(repository.file("README.md")).asString(UTF_8).isEqualTo(readme);
    }

    @Test
    void other_weights_are_a_new_version() {
        repository.commit(adding(adapter()));
        AdapterFiles others =
                AdapterFiles.of(anAdapter().seeded(7).in(folder, "other")).unique();

        Response committed = repository.commit(add(AdapterFiles.WEIGHTS, others.get(AdapterFiles.WEIGHTS)));

        assertThat(committed.statusCode()).as(committed.asString()).isEqualTo(200);
        assertThat(repository.get("/refs").<List<String>>path("tags.name")).containsExactly("1.1.0", "1.0.0");
    }

    @Test
    void a_version_for_another_base_model_is_refused() {
        repository.commit(adding(adapter()));
        AdapterFiles others =
                AdapterFiles.of(anAdapter().seeded(7).in(folder, "other")).unique();
        String config = new String(others.get(AdapterFiles.CONFIG), UTF_8);
        others.with(
                AdapterFiles.CONFIG,
                config.replaceAll("(\"base_model_name_or_path\"\\s*:\\s*)\"[^\"]*\"", "$1\"other/model\""));

        Response refused = repository.commit(adding(others));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.asString())
                .contains("but adapter_config.json names other/model", "Commit it to a new repository");
        assertThat(repository.get("/refs").<List<String>>path("tags.name")).containsExactly("1.0.0");
    }

    @Test
    void public_weights_of_others_can_be_committed_to_a_private_repository_only() {
        AdapterFiles sent = adapter();
        RepositoryClient first = open(hub.token(hub.person(Role.MEMBER), Scope.WRITE));
        assertThat(first.commit(adding(sent)).statusCode()).isEqualTo(200);

        RepositoryClient open = open(token);
        Response refused = open.commit(adding(sent));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.asString())
                .contains(
                        "The same weights are already public",
                        "Make it private first: hf repos settings %s --private".formatted(open.id()));
        assertThat(given().get("/api/models/" + open.id()).statusCode()).isEqualTo(404); // nothing is there yet
        assertThat(open.get("").<Boolean>path("private")).isFalse();
        assertThat(RepositoryClient.create(token, "open").statusCode()).isEqualTo(409); // hf upload --private
        assertThat(open.get("").<Boolean>path("private")).isTrue();
        assertThat(open.commit(adding(sent)).statusCode()).isEqualTo(200);
    }

    @Test
    void a_public_repository_is_public_from_the_first_commit_on() {
        RepositoryClient open = open(token);
        String address = "/api/models/" + open.id();
        int before = given().get(address).statusCode();

        open.commit(add("notes.txt", "one".getBytes(UTF_8)));

        assertThat(before).isEqualTo(404);
        assertThat(given().get(address).statusCode()).isEqualTo(200);
        assertThat(RepositoryClient.create(token, "open").statusCode()).isEqualTo(409);
        assertThat(open.get("").<Boolean>path("private")).isFalse(); // settings change it, not creating it again
    }

    @Test
    void a_model_that_is_no_adapter_is_said_to_be_in_no_list() {
        AdapterFiles sent = adapter();
        Response text = repository.commit(add("notes.txt", "one".getBytes(UTF_8)));
        Response whole = repository.commit(add("model.safetensors", new byte[9]) + add("config.json", new byte[2]));
        Response half = repository.commit(add(AdapterFiles.WEIGHTS, sent.get(AdapterFiles.WEIGHTS)));

        assertThat(text.header("X-HF-Warning")).isNull();
        assertThat(whole.header("X-HF-Warning"))
                .startsWith(repository.id() + "; " + repository.id() + " is stored, but in no list")
                .contains(" has no adapter_config.json and adapter_model.safetensors.");
        assertThat(half.header("X-HF-Warning")).contains("has no adapter_config.json.");
        Response published = repository.commit(add(AdapterFiles.CONFIG, sent.get(AdapterFiles.CONFIG)));
        assertThat(published.statusCode()).as(published.asString()).isEqualTo(200);
        assertThat(published.header("X-HF-Warning")).isNull();
    }

    @Test
    void a_folder_is_deleted_by_its_name_alone() {
        repository.commit(add("notes/a.txt", "one".getBytes(UTF_8)) + add("notes/b/c.txt", "two".getBytes(UTF_8)));
        Response first = repository.get("/tree/main?limit=1"); // folders come first
        String next = first.header("Link").replaceAll("^<([^>]*)>.*", "$1");
        assertThat(first.<List<String>>path("path")).containsExactly("notes");
        assertThat(by(token).urlEncodingEnabled(false).get(next).<List<String>>path("path"))
                .containsExactly(".gitattributes");

        Response deleted = repository.commit("{\"key\": \"deletedFile\", \"value\": {\"path\": \"notes\"}}");

        assertThat(deleted.statusCode()).as(deleted.asString()).isEqualTo(200);
        assertThat(repository.get("/tree/main").<List<String>>path("path")).containsExactly(".gitattributes");
    }

    @Test
    void files_are_large_if_the_attributes_say_so() {
        repository.commit(add(
                ".gitattributes", "*.png filter=lfs diff=lfs merge=lfs -text\nicons/*.png -filter\n".getBytes(UTF_8)));

        List<Map<String, Object>> files = List.of(
                Map.of("path", "a.png", "size", 10, "sample", ""),
                Map.of("path", "icons/b.png", "size", 10, "sample", ""),
                Map.of("path", "c.txt", "size", 10, "sample", ""));
        Response modes = by(token)
                .contentType("application/json")
                .body(Map.of("files", files))
                .post("/api/models/" + repository.id() + "/preupload/main");

        assertThat(modes.<List<String>>path("files.findAll { it.uploadMode == 'lfs' }.path"))
                .containsExactly("a.png");
    }

    @Test
    void pull_requests_are_refused_before_anything_is_sent() {
        Response refused = by(token)
                .contentType("application/json")
                .body(Map.of("files", List.of(Map.of("path", "a.bin", "size", 10, "sample", ""))))
                .post("/api/models/" + repository.id() + "/preupload/main?create_pr=1");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.<String>path("error")).contains("no pull requests");
    }

    /** A public repository. */
    private static RepositoryClient open(String token) {
        Response created = by(token)
                .contentType("application/json")
                .body(Map.of("name", "open", "type", "model", "private", false))
                .post("/api/repos/create");
        assertThat(created.statusCode()).as(created.asString()).isEqualTo(200);
        return new RepositoryClient(token, created.<String>path("name"));
    }

    @Test
    void a_licence_that_the_card_cannot_have_is_told_before_the_commit() {
        Response answer = by(token)
                .contentType("application/json")
                .body(Map.of("content", "---\nlicense: own-1\n---\n# A title\n", "repoType", "model"))
                .post("/api/validate-yaml");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.<String>path("warnings[0].message"))
                .contains("“own-1” is not in the list of licences", "published under “other”");
    }

    @Test
    void a_card_of_another_library_is_told_that_only_adapters_are_listed() {
        assertThat(validated("library_name: transformers").<List<String>>path("warnings.message"))
                .singleElement()
                .asString()
                .startsWith("library_name is \"transformers\".")
                .contains("lists it nowhere");
        assertThat(validated("library_name: peft").<List<String>>path("warnings.message"))
                .isEmpty();
    }

    private Response validated(String metadata) {
        return by(token)
                .contentType("application/json")
                .body(Map.of("content", "---\nlicense: mit\n" + metadata + "\n---\n# A title\n", "repoType", "model"))
                .post("/api/validate-yaml");
    }

    @Test
    void a_name_can_have_characters_of_all_planes() {
        Response committed = repository.commit(add("\uD83D\uDE00 \u65E5.txt", "one".getBytes(UTF_8)));

        assertThat(committed.statusCode()).as(committed.asString()).isEqualTo(200);
        assertThat(repository.file("\uD83D\uDE00 \u65E5.txt")).asString(UTF_8).isEqualTo("one");
    }

    @Test
    void settings_that_are_so_already_are_no_error() {
        String path = "/api/models/" + repository.id() + "/settings";

        assertThat(by(token)
                        .contentType("application/json")
                        .body(Map.of("gated", false))
                        .put(path)
                        .<Boolean>path("private"))
                .isTrue();
        assertThat(by(token)
                        .contentType("application/json")
                        .body(Map.of("gated", "auto"))
                        .put(path)
                        .statusCode())
                .isEqualTo(400);
        for (boolean xet : new boolean[] {true, false}) {
            assertThat(by(token)
                            .contentType("application/json")
                            .body(Map.of("xetEnabled", xet))
                            .put(path)
                            .statusCode())
                    .isEqualTo(xet ? 200 : 400);
        }
        assertThat(repository.get("?expand=xetEnabled").<Boolean>path("xetEnabled"))
                .isTrue();
    }

    @Test
    void a_commit_that_changes_nothing_is_none() {
        repository.commit(add("notes.txt", "one".getBytes(UTF_8)));
        String head = repository.head();

        assertThat(repository.commit(add("notes.txt", "one".getBytes(UTF_8))).<String>path("commitOid"))
                .isEqualTo(head);
    }

    @Test
    void commits_come_in_pages_and_files_have_their_last_commit() {
        String first = repository.commit(add("a.txt", "one".getBytes(UTF_8))).path("commitOid");
        String second =
                repository.commit(add("d/e/b.txt", "two".getBytes(UTF_8))).path("commitOid");
        String third = repository.commit(add("c.txt", "three".getBytes(UTF_8))).path("commitOid");

        Response page = repository.get("/commits/main?limit=2");
        assertThat(page.<List<String>>path("id")).containsExactly(third, second);
        assertThat(page.header("Link")).contains("/commits/main?limit=2&p=1").contains("rel=\"next\"");
        Response last = repository.get("/commits/main?limit=2&p=1");
        List<String> older = last.path("id");
        assertThat(older).startsWith(first);
        assertThat(last.header("Link")).isNull();
        assertThat(repository.get("/commits/main").<List<String>>path("id")).hasSize(2 + older.size());

        Map<String, String> changed = new HashMap<>();
        repository
                .get("/tree/main?recursive=true&expand=true")
                .<List<Map<String, Object>>>path("")
                .forEach(entry -> changed.put(
                        (String) entry.get("path"), (String) ((Map<?, ?>) entry.get("lastCommit")).get("id")));
        assertThat(changed)
                .containsEntry("a.txt", first)
                .containsEntry("d/e/b.txt", second)
                .containsEntry("d/e", second)
                .containsEntry("d", second)
                .containsEntry("c.txt", third);
        assertThat(repository.get("/tree/main").<List<String>>path("path")).contains("a.txt", "c.txt", "d");
        assertThat(repository.get("/tree/main/d").<List<String>>path("path")).containsExactly("d/e");
        assertThat(repository.get("/tree/main/d?recursive=true").<List<String>>path("path"))
                .containsExactly("d/e", "d/e/b.txt");
    }

    @Test
    void an_adapter_moves_and_is_deleted_with_its_commits() {
        repository.commit(adding(adapter()));
        String oid = repository.head();
        String moved = owner.name + "/moved";

        Response move = by(token)
                .contentType("application/json")
                .body(Map.of("fromRepo", repository.id(), "toRepo", moved))
                .post("/api/repos/move");

        assertThat(move.statusCode()).as(move.asString()).isEqualTo(200);
        assertThat(repository.get("").<String>path("id")).isEqualTo(moved); // by its former name
        Response redirected = by(token).redirects().follow(false).get("/" + repository.id());
        assertThat(redirected.statusCode()).isEqualTo(307);
        assertThat(redirected.header("Location")).endsWith("/" + moved);
        repository = new RepositoryClient(token, moved);
        assertThat(repository.head()).isEqualTo(oid);
        by(token).contentType("application/json").body(Map.of("name", "moved")).delete("/api/repos/delete");
        assertThat(repository.get("").statusCode()).isEqualTo(404);
        assertThat(RepositoryCommit.findByIdOptional(oid)).isEmpty();
    }

    @Test
    void the_new_name_of_a_private_adapter_stays_unknown_to_others() {
        repository.commit(adding(adapter()));
        String moved = owner.name + "/hidden";
        by(token)
                .contentType("application/json")
                .body(Map.of("fromRepo", repository.id(), "toRepo", moved))
                .post("/api/repos/move");

        Response answer = given().redirects().follow(false).get("/api/models/" + repository.id());

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.asString() + answer.headers())
                .contains(repository.id())
                .doesNotContain(moved);
    }

    @Test
    void an_upload_of_a_commit_is_gone_when_it_ends() {
        repository.commit(adding(adapter()));

        assertThat(Upload.openOf(owner)).isEmpty();
    }
}
