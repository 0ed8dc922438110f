package io.lorahub.upload;

import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static io.lorahub.testsupport.UploadClient.file;
import static io.lorahub.testsupport.UploadClient.json;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.upload.transfer.ZipBuilder;
import io.lorahub.web.SessionCookie;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.commons.codec.digest.DigestUtils;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much a member can store and send, on a hub with small limits. */
@QuarkusTest
@Settings({"lorahub.upload.per-day=1000000", "lorahub.upload.per-member=600000"})
@QuarkusTestResource(PostgresResource.class)
class UploadQuotaTest {

    private static final String NOBODYS = UUID.randomUUID().toString();

    private final Hub hub;

    @TestHTTPResource
    URI server;

    private Person person;
    private UploadClient client;

    UploadQuotaTest(Hub hub) {
        this.hub = hub;
    }

    @BeforeEach
    void signIn() {
        person = hub.person(Role.MEMBER);
        client = new UploadClient(server, hub.token(person, Scope.WRITE));
    }

    @Test
    void of_a_zip_what_it_holds_counts_towards_the_day() {
        client.delete(client.upload(Map.of("one.zip", zip(400_000))));
        client.delete(client.upload(Map.of("two.zip", zip(500_000))));
        byte[] third = zip(200_000);
        JsonNode upload = client.announced(Map.of("three.zip", (long) third.length));

        HttpResponse<String> answer = client.append(file(upload, "three.zip"), 0, third);

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.body()).contains("You have sent 9", "Continue tomorrow.");
    }

    @Test
    void a_members_storage_is_limited_and_shown() {
        client.upload(Map.of(CONFIG, "{}".getBytes(ISO_8859_1), WEIGHTS, noise(500_000)));

        HttpResponse<String> refused = client.announce(Map.of(WEIGHTS, 200_000L));

        assertThat(refused.statusCode()).isEqualTo(507);
        assertThat(json(refused).path("detail").asText())
                .startsWith(
                        "Your files take 500 kB of the 600 kB that a member can store, and these would add 200 kB.");
        assertThat(client.announce(Map.of(WEIGHTS, 90_000L)).statusCode()).isEqualTo(201);
        assertThat(Jsoup.parse(AsBrowser.given(hub.session(person))
                                .get("/uploads")
                                .asString())
                        .select("main")
                        .text())
                .contains("take 500 kB of the 600 kB that you can store");
    }

    @Test
    void a_file_that_a_client_pushes_counts_once() {
        client.delete(client.upload(Map.of(CONFIG, "{}".getBytes(ISO_8859_1), WEIGHTS, noise(100_000))));
        String token = hub.token(person, Scope.WRITE);
        byte[] weights = noise(480_000);
        by(token)
                .contentType("application/json")
                .body(Map.of("name", "un"))
                .post("/api/repos/create")
                .then()
                .statusCode(200);
        String address = by(token)
                .contentType("application/vnd.git-lfs+json")
                .body("{\"operation\": \"upload\", \"objects\": [{\"oid\": \"%s\", \"size\": %d}]}"
                        .formatted(DigestUtils.sha256Hex(weights), weights.length)
                        .getBytes(ISO_8859_1))
                .post("/%s/un.git/info/lfs/objects/batch".formatted(person.name))
                .path("objects[0].actions.upload.href");
        given().body(weights)
                .put(address.substring(address.indexOf("/api/lfs/")))
                .then()
                .statusCode(200);
        assertThat(client.announce(Map.of(WEIGHTS, 500_000L)).statusCode()).isEqualTo(429);
    }

    private static RequestSpecification by(String token) {
        return given().auth().oauth2(token);
    }

    @Test
    void a_zip_without_room_for_what_it_holds_stays_until_there_is_room() {
        JsonNode other = client.upload(Map.of(CONFIG, "{}".getBytes(ISO_8859_1), WEIGHTS, noise(500_000)));
        byte[] zip = zip(400_000);
        JsonNode upload = client.announced(Map.of("large.zip", (long) zip.length));

        HttpResponse<String> refused = client.append(file(upload, "large.zip"), 0, zip);
        client.delete(other);
        HttpResponse<String> accepted = client.append(file(upload, "large.zip"), zip.length, new byte[0]);

        assertThat(refused.statusCode()).isEqualTo(507);
        assertThat(refused.body()).contains("of the 600 kB that a member can store");
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(204);
    }

    @Test
    void a_form_is_refused_before_its_files_come() throws Exception {
        String session = hub.session(person);
        String own = client.announced(Map.of(CONFIG, 10L)).path("id").asText();

        assertThat(statusOfForm("/uploads/" + NOBODYS + "/files", session, 400_000))
                .isEqualTo(404);
        assertThat(statusOfForm("/uploads/" + own + "/files", session, 900_000)).isEqualTo(507);
        assertThat(statusOfForm("/upload", session, 900_000)).isEqualTo(507);
        assertThat(statusOfForm("/upload", session, 2_000_000)).isEqualTo(429);
    }

    @Test
    void forms_that_come_at_once_count_together() throws Exception {
        String session = hub.session(person);
        try (Socket held = form("/upload", session, 400_000)) {
            await().until(() -> statusOfForm("/upload", session, 400_000) == 507);
            assertThat(held.isConnected()).isTrue();
        }

        await().until(() -> statusOfSmallForm(session) != 507);
    }

    private int statusOfForm(String path, String session, long length) throws IOException {
        try (Socket socket = form(path, session, length)) {
            socket.setSoTimeout(20_000);
            String status = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1)).readLine();
            return Integer.parseInt(status.split(" ")[1]);
        }
    }

    private int statusOfSmallForm(String session) {
        return AsBrowser.given(session)
                .multiPart("files", CONFIG, noise(400_000))
                .post("/upload")
                .statusCode();
    }

    /** The head of a request whose body never arrives. */
    private Socket form(String path, String session, long length) throws IOException {
        Socket socket = new Socket(server.getHost(), server.getPort());
        String head =
                "POST %s HTTP/1.1\r\nHost: %s:%d\r\nCookie: %s=%s\r\nSec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n--x\r\n"
                        .formatted(path, server.getHost(), server.getPort(), SessionCookie.NAME, session, length);
        socket.getOutputStream().write(head.getBytes(ISO_8859_1));
        socket.getOutputStream().flush();
        return socket;
    }

    /** Small itself. */
    private static byte[] zip(int bytes) {
        return new ZipBuilder()
                .deflated("un/" + CONFIG, "{}")
                .deflated("un/" + WEIGHTS, new byte[bytes])
                .bytes();
    }

    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(bytes + System.nanoTime()).nextBytes(noise);
        return noise;
    }
}
