package io.lorahub.adapter;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Role;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Map;
import java.util.Random;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is under way when a repository is taken down or its owner banned. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class OpenTransfersTest {

    /** Far more than the buffers of a connection hold. */
    private static final int SIZE = 32 << 20;

    /** In ms; without an answer, a test fails. */
    private static final int LONGEST_WAIT = 60_000;

    private final Hub hub;
    private final OpenTransfers transfers;

    private Person owner;
    private Person moderator;
    private String token;
    private String id;

    OpenTransfersTest(Hub hub, OpenTransfers transfers) {
        this.hub = hub;
        this.transfers = transfers;
    }

    @BeforeEach
    void create() {
        owner = hub.person(Role.MEMBER);
        moderator = hub.person(Role.MODERATOR);
        token = hub.token(owner, Scope.WRITE);
        id = owner.name + "/files";
        given().auth()
                .oauth2(token)
                .contentType(ContentType.JSON)
                .body(Map.of("name", "files"))
                .post("/api/repos/create")
                .then()
                .statusCode(200);
    }

    private String transfer(String sha256, long size) {
        String url = given().auth()
                .oauth2(token)
                .contentType("application/vnd.git-lfs+json")
                .body("{\"operation\": \"upload\", \"objects\": [{\"oid\": \"%s\", \"size\": %d}]}"
                        .formatted(sha256, size)
                        .getBytes(UTF_8))
                .post("/" + id + ".git/info/lfs/objects/batch")
                .then()
                .statusCode(200)
                .extract()
                .path("objects[0].actions.upload.href");
        return url.substring(url.indexOf("/api/lfs/"));
    }

    private void commitLargeFile() {
        byte[] content = new byte[SIZE];
        new Random(1).nextBytes(content);
        content[0] = (byte) owner.id.intValue();
        String sha256 = DigestUtils.sha256Hex(content);
        given().body(content).put(transfer(sha256, SIZE)).then().statusCode(200);
        given().auth()
                .oauth2(token)
                .contentType("application/x-ndjson")
                .body(("{\"key\": \"header\", \"value\": {\"summary\": \"Name it\"}}\n"
                                + "{\"key\": \"lfsFile\", \"value\": {\"path\": \"crack.exe\", \"algo\": \"sha256\","
                                + " \"oid\": \"%s\", \"size\": %d}}\n".formatted(sha256, SIZE))
                        .getBytes(UTF_8))
                .post("/api/models/" + id + "/commit/main")
                .then()
                .statusCode(200);
    }

    /** Then looks, as it does once a second, and waits: who reads on meanwhile gets what the system is just sending. */
    private void breakOff(Runnable meanwhile) {
        meanwhile.run();
        transfers.endRefused();
        await().until(transfers::isIdle);
    }

    private void takeDown() {
        int edition = QuarkusTransaction.requiringNew().call(() -> {
            String[] address = id.split("/");
            Repository repository = Repository.at(Publisher.named(address[0]).orElseThrow(), address[1])
                    .orElseThrow();
            return repository.moderated().edition;
        });
        AsBrowser.given(hub.session(moderator))
                .formParam("action", "take-down")
                .formParam("reason", "It is a program.")
                .formParam("edition", edition)
                .post("/moderation/cases/" + id)
                .then()
                .statusCode(303);
    }

    private void ban() {
        AsBrowser.given(hub.session(moderator))
                .formParam("reason", "Spreads programs.")
                .post("/moderation/members/" + owner.name + "/ban")
                .then()
                .statusCode(303);
    }

    private static Socket send(String head) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(1 << 16);
        socket.setSoTimeout(LONGEST_WAIT);
        socket.connect(new InetSocketAddress("localhost", RestAssured.port));
        socket.getOutputStream().write((head + "\r\nHost: localhost\r\n\r\n").getBytes(US_ASCII));
        return socket;
    }

    /** Number of bytes until the connection ends, however it does. */
    private static long rest(InputStream in) throws IOException {
        byte[] chunk = new byte[1 << 16];
        long read = 0;
        try {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) read += n;
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
        return read;
    }

    /** @param meanwhile is done when the answer has begun */
    private long received(String authorization, Runnable meanwhile) throws IOException {
        String head = "GET /" + id + "/resolve/main/crack.exe HTTP/1.1\r\nConnection: close" + authorization;
        try (Socket socket = send(head)) {
            InputStream in = socket.getInputStream();
            assertThat(in.readNBytes(12)).asString(US_ASCII).isEqualTo("HTTP/1.1 200");
            meanwhile.run();
            return rest(in);
        }
    }

    /** The operating system sends files that the process has read once. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_download_ends_when_the_repository_is_taken_down(boolean readBefore) throws IOException {
        commitLargeFile();
        if (readBefore) {
            assertThat(received("", () -> {})).isGreaterThan(SIZE);
        }

        assertThat(received("", () -> breakOff(this::takeDown))).isLessThan(SIZE / 2);
    }

    @Test
    void a_download_ends_when_the_owner_is_banned() throws IOException {
        commitLargeFile();

        assertThat(received("", () -> breakOff(this::ban))).isLessThan(SIZE / 2);
    }

    @Test
    void a_download_of_the_owner_goes_on() throws IOException {
        commitLargeFile();

        assertThat(received("\r\nAuthorization: Bearer " + token, () -> {
                    takeDown();
                    transfers.endRefused();
                }))
                .isGreaterThan(SIZE);
    }

    private String answerToUpload(Runnable meanwhile) throws IOException {
        int size = 1_000_000;
        String address = transfer(DigestUtils.sha256Hex(id), size);
        try (Socket socket = send("PUT " + address + " HTTP/1.1\r\nContent-Length: " + size)) {
            socket.getOutputStream().write(new byte[size / 2]);
            meanwhile.run();
            return new String(socket.getInputStream().readNBytes(12), US_ASCII);
        }
    }

    @Test
    void an_upload_ends_when_the_repository_is_taken_down() throws IOException {
        assertThat(answerToUpload(this::takeDown)).isEqualTo("HTTP/1.1 403");
    }

    @Test
    void an_upload_ends_when_the_adapter_is_taken_down() throws IOException {
        id = owner.name + "/" + hub.adapter(owner, Visibility.PUBLIC).name;

        assertThat(answerToUpload(this::takeDown)).isEqualTo("HTTP/1.1 403");
    }

    @Test
    void an_upload_ends_when_its_sender_is_banned() throws IOException {
        id = owner.name + "/" + hub.adapter(owner, Visibility.PUBLIC).name;

        assertThat(answerToUpload(this::ban)).isEqualTo("HTTP/1.1 403");
    }
}
