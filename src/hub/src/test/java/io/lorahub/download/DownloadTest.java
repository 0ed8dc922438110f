package io.lorahub.download;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class DownloadTest {

    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final byte[] CONFIG = "{\"r\": 8}".getBytes();

    /** More than one chunk. */
    private static final byte[] TENSORS = new byte[700_001];

    static {
        new Random(1).nextBytes(TENSORS);
    }

    private final Hub hub;
    private final PublishedFiles files;
    private final DownloadCounter counter;

    @TestHTTPResource
    URI server;

    private Person owner;
    private Adapter adapter;

    DownloadTest(Hub hub, PublishedFiles files, DownloadCounter counter) {
        this.hub = hub;
        this.files = files;
        this.counter = counter;
    }

    @BeforeEach
    void publish() {
        owner = hub.person(Role.MEMBER);
        adapter = publish(Visibility.PUBLIC);
    }

    @Test
    void a_file_comes_as_it_was_published() throws Exception {
        Response response = given().get(file(WEIGHTS));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.asByteArray()).isEqualTo(TENSORS);
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(TENSORS);
        assertThat(response.header("Repr-Digest"))
                .isEqualTo("sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":");
        assertThat(response.header("Content-Length")).isEqualTo("700001");
        assertThat(response.header("Content-Disposition")).isEqualTo("attachment; filename=\"" + WEIGHTS + "\"");
        assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(response.header("Cache-Control")).isEqualTo("public, no-cache");
        assertThat(response.header("Accept-Ranges")).isEqualTo("bytes");
    }

    @Test
    void the_head_of_a_file_says_the_same_without_the_bytes() {
        Response got = given().get(file(WEIGHTS));

        Response head = given().head(file(WEIGHTS));

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.asByteArray()).isEmpty();
        for (String name : new String[] {"Content-Length", "ETag", "Last-Modified", "Repr-Digest", "Content-Type"}) {
            assertThat(head.header(name)).as(name).isNotNull().isEqualTo(got.header(name));
        }
    }

    @Test
    void a_large_file_comes_whole_and_the_connection_goes_on_as_before() throws Exception {
        byte[] large = new byte[20_500_001];
        new Random(2).nextBytes(large);
        adapter = files.adapter(owner, Visibility.PUBLIC, Map.of(WEIGHTS, large));
        HttpClient client = HttpClient.newHttpClient();

        HttpResponse<byte[]> file = client.send(to(file(WEIGHTS)).build(), BodyHandlers.ofByteArray());
        HttpResponse<byte[]> part = client.send(
                to(file(WEIGHTS)).header("Range", "bytes=1000000-15000000").build(), BodyHandlers.ofByteArray());
        HttpResponse<byte[]> page = client.send(to("/" + adapter.address()).build(), BodyHandlers.ofByteArray());

        assertThat(file.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(file.body()).isEqualTo(large);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(large, 1_000_000, 15_000_001));
        assertThat(page.headers().firstValue("Content-Encoding")).contains("gzip");
        try (InputStream html = new GZIPInputStream(new ByteArrayInputStream(page.body()))) {
            assertThat(new String(html.readAllBytes(), UTF_8)).contains(adapter.name);
        }
    }

    private HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(server.resolve(path)).header("Accept-Encoding", "gzip");
    }

    @Test
    void an_empty_file_comes() {
        adapter = files.adapter(owner, Visibility.PUBLIC, Map.of("README.md", new byte[0]));

        Response response = given().get(file("README.md"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.asByteArray()).isEmpty();
    }

    @Test
    void the_zip_holds_every_file() throws IOException {
        Response response = given().get(zip());

        assertThat(response.statusCode()).isEqualTo(200);
        Map<String, byte[]> content = unzip(response.asByteArray());
        String folder = adapter.name + "-1.0.0/";
        assertThat(content).containsOnlyKeys(folder + "adapter_config.json", folder + WEIGHTS);
        assertThat(content.get(folder + WEIGHTS)).isEqualTo(TENSORS);
        assertThat(content.get(folder + "adapter_config.json")).isEqualTo(CONFIG);
        assertThat(response.header("Content-Length")).isEqualTo("" + response.asByteArray().length);
        assertThat(given().head(zip()).header("Content-Length")).isEqualTo(response.header("Content-Length"));
    }

    @Test
    void a_broken_download_of_the_zip_can_be_continued() {
        Response whole = given().get(zip());
        byte[] bytes = whole.asByteArray();

        Response rest = given().header("Range", "bytes=100000-")
                .header("If-Range", whole.header("ETag"))
                .get(zip());

        assertThat(rest.statusCode()).isEqualTo(206);
        assertThat(rest.asByteArray()).isEqualTo(Arrays.copyOfRange(bytes, 100_000, bytes.length));
    }

    @Test
    void a_download_counts_once_for_each_member_and_address_however_it_is_made() {
        for (int i = 0; i < 3; i++) {
            given().get(file(WEIGHTS));
            given().get(zip());
            given().auth().oauth2(hub.token(owner, AccessToken.Scope.READ)).get(zip());
            given().auth()
                    .oauth2(hub.token(owner, AccessToken.Scope.READ))
                    .header("Range", "bytes=0-")
                    .get(api("/files/" + WEIGHTS));
        }
        counter.write();
        given().get("/api/v1/adapters/" + adapter.address()).then().body("downloads", org.hamcrest.Matchers.equalTo(2));
    }

    @Test
    void partial_downloads_do_not_count() {
        given().header("Range", "bytes=100-").get(file(WEIGHTS));
        given().head(file(WEIGHTS));
        given().get(file("adapter_config.json"));
        given().header("If-None-Match", given().head(zip()).header("ETag")).get(zip());
        given().header("Range", "bytes=9999999-").get(zip());
        counter.write();

        given().get("/api/v1/adapters/" + adapter.address()).then().body("downloads", org.hamcrest.Matchers.equalTo(0));
    }

    @Test
    void the_api_has_the_same_files() {
        assertThat(given().get(api("/files/" + WEIGHTS)).asByteArray()).isEqualTo(TENSORS);
        assertThat(given().get(api("/zip")).asByteArray())
                .isEqualTo(given().get(zip()).asByteArray());
    }

    @Test
    void files_of_a_private_adapter_are_there_for_its_owner_only() {
        adapter = publish(Visibility.PRIVATE);
        String token = hub.token(owner, AccessToken.Scope.READ);
        String other = hub.token(hub.person(Role.MEMBER), AccessToken.Scope.READ);

        for (String address : new String[] {file(WEIGHTS), zip(), api("/files/" + WEIGHTS), api("/zip")}) {
            given().get(address).then().statusCode(404);
            given().head(address).then().statusCode(404);
            given().auth().oauth2(other).get(address).then().statusCode(404);
            given().auth()
                    .oauth2(token)
                    .get(address)
                    .then()
                    .statusCode(200)
                    .header("Cache-Control", "private, no-cache");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..%2f..%2f..%2fetc%2fpasswd",
                "%2e%2e",
                "..%5c..%5cwindows",
                "adapter_config.json%00",
                "%00",
                "adapter_config.json%2f",
                "<script>",
                "\u202Econfig",
                "none.json"
            })
    void a_file_that_is_none_of_the_version_is_not_found(String name) {
        int status = given().urlEncodingEnabled(false)
                .get(file(name).replace("<", "%3C").replace(">", "%3E").replace("\u202E", "%E2%80%AE"))
                .statusCode();

        assertThat(status).isIn(400, 404);
    }

    @Test
    void a_version_that_does_not_exist_is_not_found() {
        given().get("/" + adapter.address() + "/files/9.9.9/" + WEIGHTS).then().statusCode(404);
        given().get("/" + adapter.address() + "/download/9.9.9.zip").then().statusCode(404);
    }

    private Adapter publish(Visibility visibility) {
        Map<String, byte[]> content = new LinkedHashMap<>();
        content.put(WEIGHTS, TENSORS);
        content.put("adapter_config.json", CONFIG);
        return files.adapter(owner, visibility, content);
    }

    private String file(String name) {
        return "/" + adapter.address() + "/files/1.0.0/" + name;
    }

    private String zip() {
        return "/" + adapter.address() + "/download/1.0.0.zip";
    }

    private String api(String rest) {
        return "/api/v1/adapters/" + adapter.address() + "/versions/1.0.0" + rest;
    }

    private static Map<String, byte[]> unzip(byte[] zip) throws IOException {
        Map<String, byte[]> content = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
            for (ZipEntry entry; (entry = in.getNextEntry()) != null; ) {
                content.put(entry.getName(), in.readAllBytes());
            }
        }
        return content;
    }
}
