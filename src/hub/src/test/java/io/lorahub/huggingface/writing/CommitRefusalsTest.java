package io.lorahub.huggingface.writing;

import static io.lorahub.huggingface.writing.RepositoryClient.HEADER;
import static io.lorahub.huggingface.writing.RepositoryClient.add;
import static io.lorahub.huggingface.writing.RepositoryClient.adding;
import static io.lorahub.huggingface.writing.RepositoryClient.by;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.download.PublishedFiles;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.testsupport.WithUploadChecks;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudget;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.eclipse.microprofile.context.ManagedExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commits that are refused leave nothing behind. */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
class CommitRefusalsTest extends RepositoryFixture {

    private final PublishedFiles files;
    private final ObjectStore store;
    private final ManagedExecutor executor;

    CommitRefusalsTest(Hub hub, PublishedFiles files, ObjectStore store, ManagedExecutor executor) {
        super(hub);
        this.files = files;
        this.store = store;
        this.executor = executor;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../x.txt", "a/../../x.txt", "/etc/passwd", "a\\b", ".git/config", "a/.GIT/hooks/x", "", "a//b"})
    void a_path_that_leads_elsewhere_is_refused(String path) {
        Set<String> before = objects();

        Response refused = repository.commit(add(path.replace("\\", "\\\\"), "x".getBytes(UTF_8)));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(before).containsAll(objects());
    }

    @ParameterizedTest
    @ValueSource(strings = {"notes", "notes/one.txt/two"})
    void a_file_and_a_folder_of_one_name_are_refused(String path) {
        repository.commit(add("notes/one.txt", "one".getBytes(UTF_8)));
        String head = repository.head();

        Response refused = repository.commit(add(path, "x".getBytes(UTF_8)));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.asString()).contains("would be a file and a folder");
        assertThat(repository.head()).isEqualTo(head);
        String instead =
                "{\"key\": \"deletedFolder\", \"value\": {\"path\": \"notes\"}}\n" + add("notes", "x".getBytes(UTF_8));
        assertThat(repository.commit(instead).statusCode()).isEqualTo(200);
    }

    @Test
    void deep_and_long_paths_and_long_messages_are_refused() {
        assertThat(repository
                        .commit(add("d/".repeat(32) + "x", "x".getBytes(UTF_8)))
                        .statusCode())
                .isEqualTo(200);
        Set<String> before = objects();

        Response deep = repository.commit(add("d/".repeat(33) + "x", "x".getBytes(UTF_8)));
        Response longPaths = repository.commit(IntStream.range(0, 310)
                .mapToObj(i -> add((i + "/" + "x".repeat(200) + "/").repeat(4) + "x", "x".getBytes(UTF_8)))
                .collect(Collectors.joining()));
        Response longMessage = repository.send(HEADER.replace("Send it", "x".repeat(1001)) + add("y", new byte[1]));

        assertThat(deep.statusCode()).isEqualTo(422);
        assertThat(deep.asString()).contains("more than 32 folders");
        assertThat(longPaths.statusCode()).as(longPaths.asString()).isEqualTo(413);
        assertThat(longPaths.asString()).contains("250,000 characters");
        assertThat(longMessage.statusCode()).isEqualTo(413);
        assertThat(before).containsAll(objects());
    }

    @Test
    @Settings("lorahub.upload.per-member=10000")
    void the_lists_of_files_of_commits_are_storage_of_their_authors() {
        String files = IntStream.range(0, 20)
                .mapToObj(i -> add("x".repeat(100) + i, "x".getBytes(UTF_8)))
                .collect(Collectors.joining());
        assertThat(repository.commit(files).statusCode()).isEqualTo(200);

        Response refused = repository.commit(add("one more", "x".getBytes(UTF_8)));

        assertThat(refused.statusCode()).as(refused.asString()).isEqualTo(507);
        assertThat(refused.asString()).contains("that a member can store");
    }

    @Test
    void a_commit_of_very_many_operations_is_refused() {
        Set<String> before = objects();
        String many = add("first.txt", "x".getBytes(UTF_8))
                + IntStream.range(0, 20_000)
                        .mapToObj(i -> "{\"key\": \"deletedFile\", \"value\": {\"path\": \"f%d\"}}\n".formatted(i))
                        .collect(Collectors.joining());

        Response refused = repository.commit(many);

        assertThat(refused.statusCode()).isEqualTo(413);
        assertThat(before).containsAll(objects());
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

        Response refused = repository.commit(add("sound.txt", "x".getBytes(UTF_8)) + line);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(before).containsAll(objects());
    }

    @Test
    void contents_above_the_limit_are_refused_while_they_come() {
        Set<String> before = objects();
        String body = HEADER + add("small.txt", "x".getBytes(UTF_8)) + add("large.txt", new byte[5_000_000]);

        assertThatThrownBy(() -> new CommitReader(store, executor, RequestBudget.NONE, 1_000_000)
                        .read(new ByteArrayInputStream(body.getBytes(UTF_8))))
                .isInstanceOfSatisfying(
                        ProblemException.class, e -> assertThat(e.status()).isEqualTo(413));

        assertThat(before).containsAll(objects());
    }

    @Test
    void a_commit_on_another_state_is_refused() {
        Set<String> before = objects();

        Response refused =
                repository.send(HEADER.replace("\"description\": \"\"", "\"parentCommit\": \"" + "0".repeat(40) + "\"")
                        + add("a.txt", "x".getBytes(UTF_8)));

        assertThat(refused.statusCode()).isEqualTo(412);
        assertThat(before).containsAll(objects());
    }

    @Test
    void a_content_of_somebody_else_cannot_be_reused() {
        byte[] secret = "secret".getBytes(UTF_8);
        files.adapter(hub.person(Role.MEMBER), Visibility.PRIVATE, Map.of("notes.txt", secret));

        Response refused = repository.commit(
                "{\"key\": \"lfsFile\", \"value\": {\"path\": \"a.txt\", \"oid\": \"%s\", \"size\": 6}}"
                        .formatted(DigestUtils.sha256Hex(secret)));

        assertThat(refused.statusCode()).isEqualTo(422);
    }

    @Test
    void nobody_else_can_write() {
        Adapter open = hub.adapter(owner, Visibility.PUBLIC);
        String other = hub.token(hub.person(Role.MEMBER), Scope.WRITE);
        String body = HEADER + add("a.txt", new byte[1]);
        Map<String, String> name = Map.of("organization", owner.name, "name", open.name);

        assertThat(new RepositoryClient(other, open.address()).send(body).statusCode())
                .isEqualTo(403);
        assertThat(new RepositoryClient(other, repository.id()).send(body).statusCode())
                .isEqualTo(404);
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
        Response refused = repository.commit(adding(adapter().with("training_args.bin", "x")));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.<String>path("error")).contains("training_args.bin");
    }

    @Test
    void clients_leave_out_the_state_of_a_trainers_checkpoint() {
        List<Map<String, Object>> files = Stream.of("adapter_config.json", "adapter_model.safetensors", "optimizer.pt")
                .map(name -> Map.<String, Object>of("path", "last-checkpoint/" + name, "size", 9, "sample", "eA=="))
                .toList();

        Response answer = by(token)
                .contentType("application/json")
                .body(Map.of("files", files))
                .post("/api/models/" + repository.id() + "/preupload/main");

        assertThat(answer.<List<String>>path("files.findAll { it.shouldIgnore }.path"))
                .containsExactly("last-checkpoint/optimizer.pt");
    }

    @Test
    void files_that_are_announced_take_little_time() {
        String rules = ("*" + "b*".repeat(99) + "\n").repeat(200);

        assertThat(announced("", "a/".repeat(20_000)).statusCode()).isEqualTo(422);
        assertThat(announced(
                                "",
                                IntStream.range(0, 1001)
                                        .mapToObj(i -> i + ".txt")
                                        .toArray(String[]::new))
                        .statusCode())
                .isEqualTo(413);
        Response many = announced(
                rules,
                IntStream.range(0, 1000).mapToObj(i -> "a/".repeat(490) + i).toArray(String[]::new));
        assertThat(many.statusCode()).isEqualTo(413);
        assertThat(many.<String>path("error")).contains("Send fewer files at a time");
        assertThat(announced("a/\n!a/c\n", "a/b", "b/a", "c").<List<Boolean>>path("files.shouldIgnore"))
                .containsExactlyInAnyOrder(true, false, false);
        assertThat(by(token)
                        .contentType("application/json")
                        .post("/api/models/" + repository.id() + "/preupload/main")
                        .statusCode())
                .isEqualTo(400);
    }

    private Response announced(String rules, String... paths) {
        List<Map<String, Object>> files = Stream.of(paths)
                .map(path -> Map.<String, Object>of("path", path, "size", 1))
                .toList();
        return by(token)
                .contentType("application/json")
                .body(Map.of("files", files, "gitIgnore", rules))
                .post("/api/models/" + repository.id() + "/preupload/main");
    }

    @Test
    void pickles_that_came_before_the_adapter_do_not_keep_it_from_being_published() {
        String notes = add("state/notes.txt", "x".getBytes(UTF_8));
        assertThat(repository
                        .commit(add("state/rng.pth", "x".getBytes(UTF_8)) + notes)
                        .statusCode())
                .isEqualTo(200);

        Response published = repository.commit(adding(adapter()));

        assertThat(published.statusCode()).as(published.asString()).isEqualTo(200);
        assertThat(repository.get("/tree/main/state").<List<String>>path("path"))
                .containsExactly("state/notes.txt");
    }

    /** Clients print header and body, but equal texts once. */
    @Test
    void a_single_finding_has_the_same_words_in_header_and_body() {
        AdapterFiles sent = adapter();
        String config = new String(sent.get(AdapterFiles.CONFIG), UTF_8);
        sent.with(
                AdapterFiles.CONFIG,
                config.replaceAll("(\"base_model_name_or_path\"\\s*:\\s*)\"[^\"]*\"", "$1\"/home/me/models/mine\""));

        Response refused = repository.commit(adding(sent));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.header("X-Error-Message"))
                .startsWith("\"/home/me/models/mine\" in adapter_config.json is a path")
                .endsWith("as base_model_name_or_path and send adapter_config.json again.") // there is no upload's page
                .isEqualTo(refused.path("error"))
                .isEqualTo(refused.path("errors[0].message"));
    }

    /** A header can't hold them, and clients would print what is left as well. */
    @Test
    void a_message_with_letters_beyond_ascii_is_in_the_body_only() {
        Response missing = repository.get("/revision/\u00FC");

        assertThat(missing.statusCode()).isEqualTo(404);
        assertThat(missing.header("X-Error-Message")).isNull();
        assertThat(missing.<String>path("error")).endsWith("has no revision \u00FC.");
    }

    @Test
    void refused_commits_report_all_findings_and_change_nothing() {
        String before = repository.head();
        AdapterFiles sent = adapter().replacing("\"r\" : 2", "\"r\" : 3");
        Set<String> stored = objects(sent.map().values());

        Response refused = repository.commit(adding(sent));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.<List<String>>path("errors.message"))
                .hasSizeGreaterThan(1)
                .anyMatch(text -> text.contains("rank"));
        assertThat(repository.head()).isEqualTo(before);
        assertThat(by(token).get("/api/v1/uploads").<List<Object>>path("uploads"))
                .isEmpty();
        assertThat(stored).containsAll(objects(sent.map().values()));
    }

    private Set<String> objects() {
        return objects(List.of("x".getBytes(UTF_8)));
    }

    /**
     * What is stored, and of blobs those with these contents, because tests before may still be making others. Compared as a
     * subset: what those left in staging can go away meanwhile.
     */
    private Set<String> objects(Collection<byte[]> contents) {
        Set<String> blobs = contents.stream()
                .map(content -> ObjectKey.blob(DigestUtils.sha256Hex(content)))
                .collect(Collectors.toSet());
        try (var all = store.list("")) {
            return all.map(object -> object.key())
                    .filter(key -> !ObjectKey.isBlob(key) || blobs.contains(key))
                    .collect(Collectors.toSet());
        }
    }
}
