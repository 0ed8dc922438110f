package io.lorahub.upload.transfer;

import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static io.lorahub.testsupport.UploadClient.file;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StoredObject;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.UploadedFiles;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ZipUploadTest {

    private final Hub hub;
    private final ObjectStore store;
    private final UploadedFiles files;

    @TestHTTPResource
    URI server;

    private UploadClient client;
    private List<String> stagedBefore;

    ZipUploadTest(Hub hub, ObjectStore store, UploadedFiles files) {
        this.hub = hub;
        this.store = store;
        this.files = files;
    }

    @BeforeEach
    void signIn() {
        client = new UploadClient(server, hub.token(hub.person(Role.MEMBER), Scope.WRITE));
        stagedBefore = staged();
    }

    private List<String> staged() {
        return store.list(ObjectKey.STAGING).map(StoredObject::key).toList();
    }

    @Test
    void a_zip_is_replaced_by_its_contents() {
        byte[] zip = new ZipBuilder()
                .deflated("un/" + CONFIG, "{\"r\": 8}")
                .stored("un/" + WEIGHTS, "weights")
                .deflated("un/training_log.txt", "step 1")
                .bytes();

        JsonNode upload = client.upload(Map.of("my-adapter.zip", zip));

        assertThat(upload.path("state").asText()).isEqualTo("checking");
        assertThat(upload.path("folder").asText()).isEqualTo("un");
        assertThat(upload.path("files").findValuesAsText("name")).containsExactly(CONFIG, WEIGHTS, "training_log.txt");
        assertThat(stored(upload, CONFIG)).isEqualTo("{\"r\": 8}");
        assertThat(stored(upload, WEIGHTS)).isEqualTo("weights");
        assertThat(staged()).isEqualTo(stagedBefore);
    }

    @Test
    void a_zip_of_several_adapters_becomes_several_uploads() {
        byte[] zip = new ZipBuilder()
                .stored("un/" + CONFIG, "{}")
                .stored("un/" + WEIGHTS, "weights of un")
                .stored("re/" + CONFIG, "{}")
                .stored("re/" + WEIGHTS, "weights of re")
                .bytes();

        client.upload(Map.of("two.zip", zip));

        JsonNode uploads = client.list();
        assertThat(uploads.findValuesAsText("folder")).containsExactlyInAnyOrder("un", "re");
        assertThat(uploads).allMatch(one -> one.path("state").asText().equals("checking"));
        assertThat(uploads.findValuesAsText("batch").stream().distinct()).hasSize(1);
    }

    @Test
    void a_zip_may_come_in_pieces() {
        byte[] zip =
                new ZipBuilder().stored(CONFIG, "{}").stored(WEIGHTS, "abc").bytes();
        JsonNode upload = client.announced(Map.of("un.zip", (long) zip.length));
        String file = file(upload, "un.zip");

        client.append(file, 0, java.util.Arrays.copyOf(zip, 50));
        client.append(file, 50, java.util.Arrays.copyOfRange(zip, 50, zip.length));

        JsonNode unpacked = client.get(upload);
        assertThat(unpacked.path("folder").asText()).isEqualTo("un");
        assertThat(stored(unpacked, WEIGHTS)).isEqualTo("abc");
        assertThat(staged()).isEqualTo(stagedBefore);
    }

    static Stream<Arguments> hostile() throws IOException {
        byte[] config = "{}".getBytes(UTF_8);
        ZipBuilder many = new ZipBuilder();
        for (int i = 0; i < 1001; i++) many.stored("un/" + i + ".txt", "");
        return Stream.of(
                Arguments.of(
                        "ratio",
                        new ZipBuilder().deflated(WEIGHTS, new byte[50_000_000]).bytes(),
                        "zip bomb"),
                Arguments.of("many entries", many.stored("un/" + CONFIG, "{}").bytes(), "at most 1,000"),
                Arguments.of("overlap", ZipBuilder.overlapping(CONFIG, WEIGHTS), "overlaps another one"),
                Arguments.of(
                        "parent", new ZipBuilder().stored("../" + CONFIG, "{}").bytes(), "leads out"),
                Arguments.of(
                        "inner parent",
                        new ZipBuilder().stored("a/../../" + CONFIG, "{}").bytes(),
                        "leads out"),
                Arguments.of(
                        "absolute",
                        new ZipBuilder().stored("/etc/" + CONFIG, "{}").bytes(),
                        "isn't a name"),
                Arguments.of(
                        "drive", new ZipBuilder().stored("C:/" + CONFIG, "{}").bytes(), "isn't a name"),
                Arguments.of("symlink", ZipBuilder.symlink(CONFIG, "/etc/passwd"), "symbolic link"),
                Arguments.of("encrypted", ZipBuilder.encrypted(CONFIG, config), "encrypted"),
                Arguments.of(
                        "nested",
                        new ZipBuilder()
                                .stored(CONFIG, "{}")
                                .stored("more.zip", "PK")
                                .bytes(),
                        "another zip"),
                Arguments.of("twice", ZipBuilder.twice(CONFIG), "two files"),
                Arguments.of("wrong size", ZipBuilder.lyingAboutSize(CONFIG), "damaged"),
                Arguments.of("wrong checksum", ZipBuilder.wrongChecksum(CONFIG), "damaged"),
                Arguments.of("no adapter", new ZipBuilder().stored("a.txt", "a").bytes(), "None of these files"),
                Arguments.of("no zip", "PK this is none".getBytes(UTF_8), "isn't a valid zip file"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void a_hostile_zip_fails_its_upload_and_leaves_nothing(String kind, byte[] zip, String reason) {
        long blobs = store.list(ObjectKey.BLOBS).count();
        JsonNode upload = client.announced(Map.of("evil.zip", (long) zip.length));

        HttpResponse<String> answer = client.append(file(upload, "evil.zip"), 0, zip);

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("evil.zip cannot be used", reason);
        JsonNode failed = client.get(upload);
        assertThat(failed.path("state").asText()).isEqualTo("failed");
        assertThat(failed.path("failure").asText()).contains(reason);
        assertThat(staged()).isEqualTo(stagedBefore);
        assertThat(store.list(ObjectKey.BLOBS).count()).isEqualTo(blobs);
    }

    @Test
    void another_zip_can_follow_one_that_failed() {
        JsonNode upload = client.announced(Map.of("a.zip", 3L));
        client.append(file(upload, "a.zip"), 0, new byte[3]);
        byte[] zip =
                new ZipBuilder().stored(CONFIG, "{}").stored(WEIGHTS, "abc").bytes();

        JsonNode again = UploadClient.json(client.announceMore(upload, Map.of("b.zip", (long) zip.length)));
        client.append(file(again, "b.zip"), 0, zip);

        assertThat(client.get(upload).path("state").asText()).isEqualTo("checking");
        assertThat(client.get(upload).has("failure")).isFalse();
    }

    private String stored(JsonNode upload, String name) {
        return new String(files.content(upload, name), UTF_8);
    }
}
