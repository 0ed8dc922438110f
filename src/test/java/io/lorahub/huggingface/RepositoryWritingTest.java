package io.lorahub.huggingface;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.download.PublishedFiles;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.lorahub.upload.Upload;
import io.lorahub.web.ProblemException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@TestProfile(WithUploadChecks.class)
@QuarkusTestResource(PostgresResource.class)
class RepositoryWritingTest {

    private static final String HEADER =
            "{\"key\": \"header\", \"value\": {\"summary\": \"Send it\", \"description\": \"\"}}\n";
    private static final String README =
            "---\nlicense: mit\ntags: [spelling]\n---\n# A title\n\nPuts un before a word.\n";

    private final Hub hub;
    private final PublishedFiles files;
    private final ObjectStore store;
    private final ManagedExecutor executor;

    @TempDir
    Path folder;

    private Person owner;
    private String token;
    private String repository;

    RepositoryWritingTest(Hub hub, PublishedFiles files, ObjectStore store, ManagedExecutor executor) {
        this.hub = hub;
        this.files = files;
        this.store = store;
        this.executor = executor;
    }

    @BeforeEach
    void create() {
        owner = hub.person(Role.MEMBER);
        token = hub.token(owner, Scope.WRITE);
        repository = owner.name + "/un";
        assertThat(create("un").statusCode()).isEqualTo(200);
    }

    private Response create(String name) {
        return by(token)
                .contentType("application/json")
                .body(Map.of("name", name, "private", true))
                .post("/api/repos/create");
    }

    private AdapterFiles adapter() {
        return AdapterFiles.of(anAdapter().in(folder, "un")).unique().with("README.md", README);
    }

    @Test
    void a_name_that_is_taken_is_a_conflict_with_its_address() {
        Response again = create("un");

        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.<String>path("url")).endsWith("/" + repository);
    }

    @Test
    void a_commit_with_an_adapter_becomes_a_version() {
        AdapterFiles sent = adapter();

        Response committed = commit(adding(sent));

        assertThat(committed.statusCode()).as(committed.asString()).isEqualTo(200);
        String oid = committed.path("commitOid");
        assertThat(model().<String>path("sha")).isEqualTo(oid);
        assertThat(by(token).get(api("/refs")).<String>path("tags[0].targetCommit"))
                .isEqualTo(oid);
        assertThat(get("adapter_model.safetensors")).isEqualTo(sent.get(AdapterFiles.WEIGHTS));
        assertThat(get("README.md")).asString(UTF_8).isEqualTo(README);
        Response page = by(token).get("/api/v1/adapters/" + repository);
        assertThat(page.<String>path("title")).isEqualTo("A title");
        assertThat(page.<String>path("licence")).isEqualTo("MIT");
        assertThat(page.<String>path("visibility")).isEqualTo("private");
    }

    @Test
    void files_that_come_one_by_one_become_a_version_with_the_last() {
        AdapterFiles sent = adapter();

        Response config = commit(add(AdapterFiles.CONFIG, sent.get(AdapterFiles.CONFIG)));
        int before = by(token).get("/api/v1/adapters/" + repository).statusCode();
        Response weights = commit(add(AdapterFiles.WEIGHTS, sent.get(AdapterFiles.WEIGHTS)));

        assertThat(config.statusCode()).isEqualTo(200);
        assertThat(before).isEqualTo(404);
        assertThat(weights.statusCode()).as(weights.asString()).isEqualTo(200);
        assertThat(by(token).get("/api/v1/adapters/" + repository).<String>path("licence"))
                .isEqualTo("other");
    }

    @Test
    void what_the_checks_refuse_is_told_with_all_findings_and_changes_nothing() {
        String before = model().path("sha");
        Set<String> stored = objects();

        Response refused = commit(adding(adapter().replacing("\"r\" : 2", "\"r\" : 3")));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.<List<String>>path("errors.message"))
                .hasSizeGreaterThan(1)
                .anyMatch(text -> text.contains("rank"));
        assertThat(model().<String>path("sha")).isEqualTo(before);
        assertThat(by(token).get("/api/v1/uploads").<List<Object>>path("uploads"))
                .isEmpty();
        assertThat(objects()).isEqualTo(stored);
    }

    @Test
    void a_commit_of_the_readme_changes_the_card_and_makes_no_version() {
        commit(adding(adapter()));

        Response committed =
                commit(add("README.md", README.replace("A title", "Another").getBytes(UTF_8)));

        assertThat(committed.statusCode()).as(committed.asString()).isEqualTo(200);
        assertThat(by(token).get("/api/v1/adapters/" + repository).<String>path("title"))
                .isEqualTo("Another");
        assertThat(by(token).get(api("/refs")).<List<String>>path("tags.name")).containsExactly("1.0.0");
        assertThat(model().<String>path("sha")).isEqualTo(committed.path("commitOid"));
    }

    @Test
    void other_weights_are_a_new_version() {
        commit(adding(adapter()));
        AdapterFiles others =
                AdapterFiles.of(anAdapter().seeded(7).in(folder, "other")).unique();

        Response committed = commit(add(AdapterFiles.WEIGHTS, others.get(AdapterFiles.WEIGHTS)));

        assertThat(committed.statusCode()).as(committed.asString()).isEqualTo(200);
        assertThat(by(token).get(api("/refs")).<List<String>>path("tags.name")).containsExactly("1.1.0", "1.0.0");
    }

    @Test
    void a_commit_that_changes_nothing_is_none() {
        commit(add("notes.txt", "one".getBytes(UTF_8)));
        String head = model().path("sha");

        assertThat(commit(add("notes.txt", "one".getBytes(UTF_8))).<String>path("commitOid"))
                .isEqualTo(head);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../x.txt", "a/../../x.txt", "/etc/passwd", "a\\b", ".git/config", "a/.GIT/hooks/x", "", "a//b"})
    void a_path_that_leads_elsewhere_is_refused(String path) {
        Set<String> before = objects();

        Response refused = commit(add(path.replace("\\", "\\\\"), "x".getBytes(UTF_8)));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void a_commit_of_very_many_operations_is_refused() {
        Set<String> before = objects();
        String many = add("first.txt", "x".getBytes(UTF_8))
                + IntStream.range(0, 20_000)
                        .mapToObj(i -> "{\"key\": \"deletedFile\", \"value\": {\"path\": \"f%d\"}}\n".formatted(i))
                        .collect(Collectors.joining());

        Response refused = commit(many);

        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(objects()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"key\": \"file\", \"value\": {\"content\": \"AAAA",
                "{\"key\": \"file\", \"value\": {\"content\": \"!!!!\", \"path\": \"a.txt\"}}",
                "{\"key\": \"file\", \"value\": {\"content\": \"AAAA\", \"content\": \"AAAA\", \"path\": \"a.txt\"}}",
                "{\"key\": \"file\", \"value\": {\"path\": \"a.txt\"}}",
                "{\"value\": {\"content\": \"AAAA\", \"path\": \"a.txt\"}}",
                "{\"key\": \"chmod\", \"value\": {\"path\": \"a.txt\"}}",
                "[]"
            })
    void a_body_that_is_no_commit_is_refused(String line) {
        Set<String> before = objects();

        Response refused = commit(add("sound.txt", "x".getBytes(UTF_8)) + line);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void contents_above_the_limit_are_refused_while_they_come() {
        Set<String> before = objects();
        String body = HEADER + add("small.txt", new byte[10]) + add("large.txt", new byte[5_000_000]);

        assertThatThrownBy(() -> new CommitReader(store, executor, 1_000_000)
                        .read(new ByteArrayInputStream(body.getBytes(UTF_8))))
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(e.status()).isEqualTo(413));

        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void a_commit_on_another_state_is_refused() {
        Set<String> before = objects();

        Response refused = commit(
                token,
                repository,
                HEADER.replace("\"description\": \"\"", "\"parentCommit\": \"" + "0".repeat(40) + "\"")
                        + add("a.txt", "only here".getBytes(UTF_8)));

        assertThat(refused.statusCode()).isEqualTo(412);
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void a_content_of_somebody_else_cannot_be_reused() {
        byte[] secret = "secret".getBytes(UTF_8);
        files.adapter(hub.person(Role.MEMBER), Visibility.PRIVATE, Map.of("notes.txt", secret));

        Response refused =
                commit("{\"key\": \"lfsFile\", \"value\": {\"path\": \"a.txt\", \"oid\": \"%s\", \"size\": 6}}"
                        .formatted(DigestUtils.sha256Hex(secret)));

        assertThat(refused.statusCode()).isEqualTo(422);
    }

    @Test
    void nobody_else_can_write() {
        Adapter open = hub.adapter(owner, Visibility.PUBLIC);
        String other = hub.token(hub.person(Role.MEMBER), Scope.WRITE);
        String body = HEADER + add("a.txt", new byte[1]);
        Map<String, String> name = Map.of("organization", owner.name, "name", open.name);

        assertThat(commit(other, open.address(), body).statusCode()).isEqualTo(403);
        assertThat(commit(other, repository, body).statusCode()).isEqualTo(404);
        assertThat(by(other)
                        .contentType("application/json")
                        .body(name)
                        .delete("/api/repos/delete")
                        .statusCode())
                .isEqualTo(403);
        assertThat(by(other)
                        .contentType("application/json")
                        .body(Map.of("fromRepo", open.address(), "toRepo", owner.name + "/x"))
                        .post("/api/repos/move")
                        .statusCode())
                .isEqualTo(403);
        assertThat(by(other)
                        .contentType("application/json")
                        .body(Map.of("organization", owner.name, "name", "x"))
                        .post("/api/repos/create")
                        .statusCode())
                .isEqualTo(403);
        assertThat(by(token).get("/api/models/" + open.address()).statusCode()).isEqualTo(200);
    }

    @Test
    void a_pickle_beside_an_adapter_is_refused() {
        Response refused = commit(adding(adapter().with("training_args.bin", "x")));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.<String>path("error")).contains("training_args.bin");
    }

    @Test
    void an_adapter_moves_and_is_deleted_with_its_commits() {
        commit(adding(adapter()));
        String oid = model().path("sha");
        String moved = owner.name + "/moved";

        Response move = by(token)
                .contentType("application/json")
                .body(Map.of("fromRepo", repository, "toRepo", moved))
                .post("/api/repos/move");

        assertThat(move.statusCode()).as(move.asString()).isEqualTo(200);
        assertThat(model().statusCode()).isEqualTo(404);
        repository = moved;
        assertThat(model().<String>path("sha")).isEqualTo(oid);
        by(token).contentType("application/json").body(Map.of("name", "moved")).delete("/api/repos/delete");
        assertThat(model().statusCode()).isEqualTo(404);
        assertThat(RepositoryCommit.findByIdOptional(oid)).isEmpty();
    }

    @Test
    void an_upload_of_a_commit_is_gone_when_it_ends() {
        commit(adding(adapter()));

        assertThat(Upload.openOf(owner)).isEmpty();
    }

    private static String adding(AdapterFiles files) {
        return files.map().entrySet().stream()
                .map(file -> add(file.getKey(), file.getValue()))
                .collect(Collectors.joining());
    }

    /** In the order of stock clients: the path comes after the content. */
    private static String add(String path, byte[] content) {
        return "{\"key\": \"file\", \"value\": {\"content\": \"%s\", \"path\": \"%s\", \"encoding\": \"base64\"}}\n"
                .formatted(Base64.getEncoder().encodeToString(content), path);
    }

    private Response commit(String operations) {
        return commit(token, repository, HEADER + operations);
    }

    private static Response commit(String token, String repository, String body) {
        return by(token)
                .contentType("application/x-ndjson")
                .body(body.getBytes(UTF_8))
                .post("/api/models/" + repository + "/commit/main");
    }

    private Response model() {
        return by(token).get(api(""));
    }

    private byte[] get(String file) {
        return by(token).get("/" + repository + "/resolve/main/" + file).asByteArray();
    }

    private String api(String below) {
        return "/api/models/" + repository + below;
    }

    private static RequestSpecification by(String token) {
        return given().auth().oauth2(token);
    }

    private Set<String> objects() {
        try (var all = store.list("")) {
            return all.map(object -> object.key()).collect(Collectors.toSet());
        }
    }
}
