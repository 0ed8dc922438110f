package io.lorahub.huggingface.writing;

import static io.lorahub.huggingface.writing.RepositoryClient.HEADER;
import static io.lorahub.huggingface.writing.RepositoryClient.add;
import static io.lorahub.huggingface.writing.RepositoryClient.by;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.repository.RepositoryCommit;
import io.lorahub.adapter.repository.RepositoryRef;
import io.lorahub.download.PublishedFiles;
import io.lorahub.storage.Blob;
import io.lorahub.storage.upkeep.Sweep;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;

/** Squashing commits and deleting large files, which give storage back. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class RepositoryHistoryTest extends RepositoryFixture {

    private final PublishedFiles files;
    private final Sweep sweep;

    RepositoryHistoryTest(Hub hub, PublishedFiles files, Sweep sweep) {
        super(hub);
        this.files = files;
        this.sweep = sweep;
    }

    private static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random().nextBytes(content);
        return content;
    }

    private Response post(String path, Object body) {
        return by(token).contentType("application/json").body(body).post("/api/models/" + repository.id() + path);
    }

    private Response squash(String branch) {
        return post("/super-squash/" + branch, Map.of("message", "All of it"));
    }

    private List<String> titles(String revision) {
        return repository.get("/commits/" + revision).path("title");
    }

    private int storage() {
        return by(token)
                .get("/api/settings/repositories")
                .path("find { it.id == '%s' }.storage".formatted(repository.id()));
    }

    private Response onBranch(String branch, String operations) {
        return by(token)
                .contentType("application/x-ndjson")
                .body((HEADER + operations).getBytes(UTF_8))
                .post("/api/models/" + repository.id() + "/commit/" + branch);
    }

    @Test
    void a_branch_keeps_the_commits_that_main_no_longer_has() {
        repository.commit(add("a.txt", "one".getBytes(UTF_8)));
        repository.commit(add("a.txt", "two".getBytes(UTF_8)));
        String base = repository.head();
        post("/branch/aside", Map.of());
        onBranch("aside", add("a.txt", "three".getBytes(UTF_8)));

        Response main = squash("main");

        assertThat(main.statusCode()).as(main.asString()).isEqualTo(200);
        assertThat(titles("main")).containsExactly("All of it");
        assertThat(titles("aside")).containsExactly("Send it", "Send it", "Send it", "initial commit");
        assertThat(repository.file("a.txt")).asString(UTF_8).isEqualTo("two");
        assertThat(repository.get("/revision/" + base).statusCode()).isEqualTo(200);

        assertThat(squash("aside").statusCode()).isEqualTo(200);
        assertThat(titles("aside")).containsExactly("All of it");
        assertThat(titles("main")).containsExactly("All of it");
        assertThat(repository.get("/revision/" + base).statusCode()).isEqualTo(404);
        assertThat(repository.commit(add("b.txt", "four".getBytes(UTF_8))).statusCode())
                .isEqualTo(200);
        assertThat(titles("main")).containsExactly("Send it", "All of it");
    }

    @Test
    void contents_of_squashed_commits_no_longer_count_and_are_swept() {
        byte[] old = random(40_000);
        repository.commit(add("big.bin", old));
        repository.commit(add("big.bin", random(30_000)));
        int before = storage();

        squash("main");

        assertThat(storage()).isEqualTo(before - 40_000);
        String sha256 = DigestUtils.sha256Hex(old);
        assertThat(sweep.drop(Set.of(sha256)).blobs()).isOne(); // only what nothing refers to
        assertThat(QuarkusTransaction.requiringNew().call(() -> Blob.findByIdOptional(sha256)))
                .isEmpty();
    }

    @Test
    void versions_keep_their_commits_and_files() {
        byte[] weights = random(5000);
        repository = new RepositoryClient(
                token,
                files.adapter(
                                owner,
                                Visibility.PUBLIC,
                                Map.of(
                                        "adapter_config.json",
                                        "{}".getBytes(UTF_8),
                                        "adapter_model.safetensors",
                                        weights))
                        .address());
        String version = repository.head();
        repository.commit(add("notes.txt", "one".getBytes(UTF_8)));
        String noted = repository.head();
        repository.commit(add("notes.txt", "two".getBytes(UTF_8)));

        Response squashed = squash("main");

        assertThat(squashed.statusCode()).as(squashed.asString()).isEqualTo(200);
        assertThat(titles("main")).containsExactly("All of it");
        assertThat(repository.get("/refs").<List<String>>path("tags.name")).containsExactly("1.0.0");
        assertThat(repository.get("/refs").<List<String>>path("tags.targetCommit"))
                .containsExactly(version);
        assertThat(titles("1.0.0")).containsExactly("Version 1.0.0");
        assertThat(by(token)
                        .get("/" + repository.id() + "/resolve/" + version + "/adapter_model.safetensors")
                        .asByteArray())
                .isEqualTo(weights);
        assertThat(repository.get("/revision/" + noted).statusCode()).isEqualTo(404);
        assertThat(repository.file("notes.txt")).asString(UTF_8).isEqualTo("two");
    }

    /** Otherwise a publisher could change what others have pinned. */
    @Test
    void no_branch_or_tag_changes_what_an_id_or_a_version_s_label_means() {
        repository = new RepositoryClient(
                token,
                files.adapter(
                                owner,
                                Visibility.PUBLIC,
                                Map.of(
                                        "adapter_config.json",
                                        "{}".getBytes(UTF_8),
                                        "adapter_model.safetensors",
                                        random(5000)))
                        .address());
        String version = repository.head();
        repository.commit(add("notes.txt", "one".getBytes(UTF_8)));
        String other = repository.head();

        assertThat(post("/branch/" + version, Map.of()).statusCode()).isEqualTo(400);
        assertThat(post("/tag/main", Map.of("tag", version)).statusCode()).isEqualTo(400);
        assertThat(post("/branch/1.0.0", Map.of()).statusCode()).isEqualTo(409);
        assertThat(post("/tag/main", Map.of("tag", "1.0.0")).statusCode()).isEqualTo(409);

        // made before the version, or by an earlier release
        for (String name : List.of("1.0.0", version)) {
            ref(true, name, other);
            ref(false, name, other);
            assertThat(repository.get("/revision/" + name).<String>path("sha")).isEqualTo(version);
        }
        assertThat(repository.get("/revision/" + version.substring(0, 12)).<String>path("sha"))
                .isEqualTo(version);
        assertThat(revision("refs%2Ftags%2F1.0.0")).isEqualTo(version);
        assertThat(revision("refs%2Fheads%2F1.0.0")).isEqualTo(other);
        assertThat(repository.get("/refs").<List<String>>path("tags.name")).containsOnlyOnce("1.0.0");
        String address = "/api/models/" + repository.id() + "/tag/1.0.0";
        assertThat(by(token).delete(address).statusCode()).isEqualTo(200);
        assertThat(by(token).delete(address).statusCode()).isEqualTo(403);
    }

    private String revision(String encoded) {
        return by(token)
                .urlEncodingEnabled(false)
                .get("/api/models/" + repository.id() + "/revision/" + encoded)
                .path("sha");
    }

    private void ref(boolean branch, String name, String oid) {
        QuarkusTransaction.requiringNew().run(() -> {
            RepositoryRef ref = new RepositoryRef();
            ref.repository = RepositoryCommit.<RepositoryCommit>find("oid", oid).firstResult().repository;
            ref.branch = branch;
            ref.name = name;
            ref.oid = oid;
            ref.persist();
        });
    }

    @Test
    void only_branches_can_be_squashed() {
        repository.commit(add("a.txt", "one".getBytes(UTF_8)));
        post("/tag/main", Map.of("tag", "noted"));

        assertThat(squash("noted").statusCode()).isEqualTo(400);
        assertThat(squash("nowhere").header("X-Error-Code")).isEqualTo("RevisionNotFound");
        assertThat(titles("main")).hasSize(2);
    }

    @Test
    void a_large_file_is_taken_out_of_all_commits() {
        byte[] first = random(20_000);
        repository.commit(add("first.bin", first));
        repository.commit(add("notes.txt", "one".getBytes(UTF_8)));
        String noted = repository.head();
        post("/branch/aside", Map.of());
        onBranch("aside", add("second.bin", random(300)));
        int before = storage();

        Response listed = repository.get("/lfs-files");
        assertThat(listed.<List<String>>path("filename")).containsExactly("first.bin", "second.bin");
        assertThat(listed.<List<String>>path("ref")).containsExactly("refs/heads/main", "refs/heads/aside");
        assertThat(listed.<List<Integer>>path("size")).containsExactly(20_000, 300);
        String oid = listed.path("[0].fileOid");
        assertThat(oid).isEqualTo(DigestUtils.sha256Hex(first));

        Response deleted =
                post("/lfs-files/batch", Map.of("deletions", Map.of("sha", List.of(oid), "rewriteHistory", true)));

        assertThat(deleted.statusCode()).as(deleted.asString()).isEqualTo(200);
        assertThat(repository.get("/lfs-files").<List<String>>path("filename")).containsExactly("second.bin");
        assertThat(storage()).isEqualTo(before - 20_000);
        assertThat(repository.get("/tree/" + noted).<List<String>>path("path"))
                .containsExactly(".gitattributes", "notes.txt");
        assertThat(by(token)
                        .get("/" + repository.id() + "/resolve/main/first.bin")
                        .header("X-Error-Code"))
                .isEqualTo("EntryNotFound");
        assertThat(repository.commit(add("first.bin", first)).statusCode()).isEqualTo(200);
        assertThat(repository.file("first.bin")).isEqualTo(first);
    }

    @Test
    void weights_of_versions_cannot_be_deleted_as_files() {
        byte[] weights = random(5000);
        repository = new RepositoryClient(
                token,
                files.adapter(
                                owner,
                                Visibility.PUBLIC,
                                Map.of(
                                        "adapter_config.json",
                                        "{}".getBytes(UTF_8),
                                        "adapter_model.safetensors",
                                        weights))
                        .address());
        List<String> oids = repository.get("/lfs-files").path("fileOid");

        Response refused = post("/lfs-files/batch", Map.of("deletions", Map.of("sha", oids)));

        assertThat(oids).containsExactly(DigestUtils.sha256Hex(weights));
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.<String>path("error")).contains("1.0.0 has one of these");
        assertThat(repository.file("adapter_model.safetensors")).isEqualTo(weights);
    }

    @Test
    void others_can_do_neither() {
        Map<String, Object> sha = Map.of("deletions", Map.of("sha", List.of("0".repeat(64))));
        String stranger =
                hub.token(hub.person(io.lorahub.account.Role.MEMBER), io.lorahub.account.AccessToken.Scope.WRITE);

        for (String path : List.of("/super-squash/main", "/lfs-files/batch")) {
            assertThat(by(stranger)
                            .contentType("application/json")
                            .body(sha)
                            .post("/api/models/" + repository.id() + path)
                            .statusCode())
                    .isEqualTo(404);
        }
        assertThat(by(stranger)
                        .get("/api/models/" + repository.id() + "/lfs-files")
                        .statusCode())
                .isEqualTo(404);
    }
}
