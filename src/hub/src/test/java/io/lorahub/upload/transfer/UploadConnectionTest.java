package io.lorahub.upload.transfer;

import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static io.lorahub.testsupport.UploadClient.file;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.UploadedFiles;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large bodies on a connection that is used again afterwards. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class UploadConnectionTest {

    /** More than may wait in the hub and in the system. */
    private static final int LARGE = 30_000_000;

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    private final Hub hub;
    private final UploadedFiles files;

    @TestHTTPResource
    URI server;

    private UploadClient client;
    private Socket socket;

    UploadConnectionTest(Hub hub, UploadedFiles files) {
        this.hub = hub;
        this.files = files;
    }

    @BeforeEach
    void connect() throws IOException {
        client = new UploadClient(server, hub.token(hub.person(Role.MEMBER), Scope.WRITE));
        socket = new Socket(server.getHost(), server.getPort());
    }

    @AfterEach
    void disconnect() throws IOException {
        socket.close();
    }

    @Test
    void large_files_arrive_as_they_are_one_after_the_other() throws IOException {
        for (int round = 0; round < 2; round++) {
            byte[] weights = random(LARGE);
            JsonNode upload = client.announced(Map.of(CONFIG, 2L, WEIGHTS, (long) LARGE));

            ask("PATCH", file(upload, WEIGHTS), "Upload-Offset: 0", LARGE);
            socket.getOutputStream().write(weights);

            assertThat(answer()).startsWith("http/1.1 204 ").contains("upload-complete: ?1");
            assertThat(files.content(client.get(upload), WEIGHTS)).isEqualTo(weights);
        }
    }

    @Test
    void a_body_that_is_refused_is_read_to_its_end_and_the_next_request_answered() throws IOException {
        String file = file(client.announced(Map.of(WEIGHTS, (long) LARGE)), WEIGHTS);

        ask("PATCH", file, "Upload-Offset: 7", LARGE - 7);
        socket.getOutputStream().write(new byte[LARGE - 7]);
        String refusal = answer();
        ask("HEAD", file, "Accept: */*", 0);

        assertThat(refusal).startsWith("http/1.1 409 ");
        assertThat(answer()).startsWith("http/1.1 204 ").contains("upload-offset: 0");
    }

    @Test
    void more_than_was_announced_is_refused_while_it_comes_and_the_next_request_answered() throws IOException {
        String file = file(client.announced(Map.of(WEIGHTS, 1_000_000L)), WEIGHTS);

        ask("PATCH", file, "Upload-Offset: 0\r\nTransfer-Encoding: chunked", -1);
        for (int i = 0; i < 100; i++) {
            socket.getOutputStream().write((Integer.toHexString(100_000) + "\r\n").getBytes(ISO_8859_1));
            socket.getOutputStream().write(new byte[100_000]);
            socket.getOutputStream().write("\r\n".getBytes(ISO_8859_1));
        }
        socket.getOutputStream().write("0\r\n\r\n".getBytes(ISO_8859_1));
        String refusal = answer();
        ask("HEAD", file, "Accept: */*", 0);

        assertThat(refusal).startsWith("http/1.1 413 ");
        assertThat(answer()).startsWith("http/1.1 204 ").contains("upload-offset: 0");
    }

    @Test
    void expect_continue_is_answered_with_100() throws IOException {
        JsonNode upload = client.announced(Map.of(CONFIG, 2L, WEIGHTS, 5L));

        ask("PATCH", file(upload, WEIGHTS), "Upload-Offset: 0\r\nExpect: 100-continue", 5);
        assertThat(answer()).startsWith("http/1.1 100 ");
        socket.getOutputStream().write(new byte[5]);

        assertThat(answer()).startsWith("http/1.1 204 ");
    }

    @Test
    void expect_continue_for_a_refused_body_is_refused_at_once() throws IOException {
        JsonNode upload = client.announced(Map.of(CONFIG, 2L, WEIGHTS, 5L));

        ask("PATCH", file(upload, WEIGHTS), "Upload-Offset: 3\r\nExpect: 100-continue", 2);

        assertThat(answer()).startsWith("http/1.1 409 ");
    }

    /** @param length of the body; negative if the headers say something else */
    private void ask(String method, String path, String headers, int length) throws IOException {
        String head = "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n%s\r\n"
                .formatted(method, path, server.getAuthority(), client.token(), headers);
        if (method.equals("PATCH")) head += "Content-Type: application/partial-upload\r\n";
        if (length >= 0) head += "Content-Length: %d\r\n".formatted(length);
        socket.getOutputStream().write((head + "\r\n").getBytes(ISO_8859_1));
    }

    /** One answer: its head in lower case, and its body. */
    private String answer() throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) throw new IOException("The connection ended after: " + head);
            head.append((char) next);
        }
        Matcher length = LENGTH.matcher(head);
        int body = length.find() ? Integer.parseInt(length.group(1)) : 0;
        return head.toString().toLowerCase(Locale.ROOT) + new String(in.readNBytes(body), ISO_8859_1);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
