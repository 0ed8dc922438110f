package io.lorahub.huggingface.transfer;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that come before the commit that names them. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class LargeFilesTest {

    private final Hub hub;
    private final ObjectStore store;
    private final FileTransfers transfers;

    private String token;
    private String repository;
    private byte[] content;
    private String sha256;

    LargeFilesTest(Hub hub, ObjectStore store, FileTransfers transfers) {
        this.hub = hub;
        this.store = store;
        this.transfers = transfers;
    }

    @BeforeEach
    void create() {
        Person owner = hub.person(Role.MEMBER);
        token = hub.token(owner, Scope.WRITE);
        repository = owner.name + "/large";
        content = ("content " + UUID.randomUUID()).repeat(100).getBytes(UTF_8);
        sha256 = DigestUtils.sha256Hex(content);
        create(token, "large");
    }

    private static void create(String token, String name) {
        given().auth()
                .oauth2(token)
                .contentType("application/json")
                .body(Map.of("name", name, "private", true))
                .post("/api/repos/create")
                .then()
                .statusCode(200);
    }

    private Response batch(String token, Object... objects) {
        return given().auth()
                .oauth2(token)
                .contentType(LfsResource.LFS_JSON)
                .body(new io.vertx.core.json.JsonObject(Map.of(
                                "operation", "upload", "transfers", List.of("basic"), "objects", List.of(objects)))
                        .encode()
                        .getBytes(UTF_8))
                .post("/" + repository + ".git/info/lfs/objects/batch");
    }

    private Map<String, Object> object() {
        return Map.of("oid", sha256, "size", content.length);
    }

    private String address() {
        String url = batch(token, object()).then().statusCode(200).extract().path("objects[0].actions.upload.href");
        return url.substring(url.indexOf("/api/lfs/"));
    }

    private Response commit(String token, String repository) {
        String body = "{\"key\": \"header\", \"value\": {\"summary\": \"Name it\"}}\n"
                + "{\"key\": \"lfsFile\", \"value\": {\"path\": \"x.safetensors\", \"algo\": \"sha256\", \"oid\": \"%s\", \"size\": %d}}\n"
                        .formatted(sha256, content.length);
        return given().auth()
                .oauth2(token)
                .contentType("application/x-ndjson")
                .body(body.getBytes(UTF_8))
                .post("/api/models/" + repository + "/commit/main");
    }

    private byte[] download() {
        return given().auth()
                .oauth2(token)
                .get("/" + repository + "/resolve/main/x.safetensors")
                .asByteArray();
    }

    private Set<String> objects() {
        try (var all = store.list("")) {
            return all.map(one -> one.key()).collect(Collectors.toSet());
        }
    }

    @Test
    void a_file_sent_by_lfs_can_be_named_by_a_commit() {
        String address = address();

        given().body(content).put(address).then().statusCode(200);
        given().body(content).put(address).then().statusCode(200); // again, because the answer was lost

        assertThat(commit(token, repository).statusCode()).isEqualTo(200);
        assertThat(download()).isEqualTo(content);
        assertThat(batch(token, object()).<Object>path("objects[0].actions")).isNull();
        given().auth()
                .oauth2(token)
                .contentType(LfsResource.LFS_JSON)
                .body(new io.vertx.core.json.JsonObject(object()).encode().getBytes(UTF_8))
                .post("/" + repository + ".git/info/lfs/objects/verify")
                .then()
                .statusCode(200);
    }

    @Test
    void another_content_than_announced_is_refused_and_not_kept() {
        String address = address();
        Set<String> before = objects();
        byte[] other = content.clone();
        other[0]++;

        assertThat(given().body(other).put(address).statusCode()).isEqualTo(422);
        assertThat(given().body(new byte[content.length + 1]).put(address).statusCode())
                .isEqualTo(413);

        assertThat(objects()).isEqualTo(before);
        assertThat(commit(token, repository).statusCode()).isEqualTo(422);
    }

    @Test
    void a_commit_cannot_name_what_was_sent_to_another_repository() {
        given().body(content).put(address()).then().statusCode(200);
        Person other = hub.person(Role.MEMBER);
        String theirs = hub.token(other, Scope.WRITE);
        create(theirs, "mine");

        assertThat(commit(theirs, other.name + "/mine").statusCode()).isEqualTo(422);
    }

    @Test
    void only_members_of_the_publisher_get_addresses() {
        String other = hub.token(hub.person(Role.MEMBER), Scope.WRITE);

        assertThat(batch(other, object()).statusCode()).isEqualTo(404); // it is private
        assertThat(given().auth()
                        .oauth2(other)
                        .get("/api/models/" + repository + "/xet-write-token/main")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void unknown_addresses_take_nothing() {
        Set<String> before = objects();

        assertThat(given().body(content).put("/api/lfs/" + UUID.randomUUID()).statusCode())
                .isEqualTo(404);
        assertThat(given().body(content).put(address() + "/2").statusCode()).isEqualTo(400);

        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void unsound_lists_of_files_are_refused() {
        Object[] many = IntStream.range(0, 1001)
                .mapToObj(i -> Map.of("oid", DigestUtils.sha256Hex("" + i), "size", 1))
                .toArray();

        assertThat(batch(token, many).statusCode()).isEqualTo(413);
        assertThat(batch(token, Map.of("oid", "../../etc/passwd", "size", 1)).statusCode())
                .isEqualTo(422);
        assertThat(batch(token, Map.of("oid", sha256, "size", -1)).statusCode()).isEqualTo(422);
        assertThat(batch(token, Map.of("oid", sha256, "size", 3_000_000_000L)).statusCode())
                .isEqualTo(413);
    }

    @Test
    void a_file_that_no_commit_names_is_swept() {
        Set<String> before = objects();
        given().body(content).put(address()).then().statusCode(200);
        String xet = pieces();
        xorb(xet, 7, content);

        transfers.dropBefore(Instant.now().plusSeconds(60));

        assertThat(before).containsAll(objects()); // which may hold what other tests sent
    }

    private String pieces() {
        String url = given().auth()
                .oauth2(token)
                .get("/api/models/" + repository + "/xet-write-token/main")
                .then()
                .statusCode(200)
                .extract()
                .path("casUrl");
        return url.substring(url.indexOf("/api/xet/"));
    }

    private Response xorb(String address, int number, byte[] body) {
        return given().auth().oauth2(token).body(body).post(address + "/v1/xorbs/default/" + XetBytes.hash(number));
    }

    @Test
    void a_file_sent_by_xet_can_be_named_by_a_commit() {
        Set<String> before = objects();
        String address = pieces();
        assertThat(xorb(address, 7, XetBytes.xorb(XetBytes.lz4(content))).statusCode())
                .isEqualTo(200);
        byte[] shard = XetBytes.shard(sha256, new XetFile.Segment(XetBytes.hash(7), content.length, 0, 1));

        assertThat(given().auth()
                        .oauth2(token)
                        .body(shard)
                        .post(address + "/v1/shards")
                        .statusCode())
                .isEqualTo(200);

        assertThat(commit(token, repository).statusCode()).isEqualTo(200);
        assertThat(download()).isEqualTo(content);
        assertThat(objects()).hasSize(before.size() + 1);
    }

    @Test
    void a_shard_with_another_hash_or_missing_xorbs_is_refused() {
        String address = pieces();
        xorb(address, 7, XetBytes.xorb(XetBytes.stored(content)));
        Set<String> before = objects();
        String wrong = DigestUtils.sha256Hex("something else");

        for (byte[] shard : List.of(
                XetBytes.shard(wrong, new XetFile.Segment(XetBytes.hash(7), content.length, 0, 1)),
                XetBytes.shard(sha256, new XetFile.Segment(XetBytes.hash(8), content.length, 0, 1)))) {
            assertThat(given().auth()
                            .oauth2(token)
                            .body(shard)
                            .post(address + "/v1/shards")
                            .statusCode())
                    .isEqualTo(422);
        }

        assertThat(objects()).isEqualTo(before);
    }
}
