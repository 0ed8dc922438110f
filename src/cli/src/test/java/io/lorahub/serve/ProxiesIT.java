package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.server.HubProcess;
import io.lorahub.testsupport.server.ServerProcess;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two web processes behind the proxies of docker/proxies. */
@Tag("long")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProxiesIT {

    private static final Path FILES = Checkout.path("docker/proxies");
    private static final int SIZE = 10_000_000;
    private static final int SENT = 300_000;
    private static final String CACHE = "X-Cache-Status";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private enum Proxy {
        HAPROXY("haproxy.cfg", "/usr/sbin/haproxy") {
            @Override
            String adapted(String configuration, int port) {
                return configuration.replace("bind :80 ", "bind 127.0.0.1:%d ".formatted(port));
            }

            @Override
            List<String> words(Path file) {
                return List.of("-f", file.toString());
            }
        },
        NGINX("nginx.conf", "/usr/sbin/nginx") {
            @Override
            String adapted(String configuration, int port) {
                return "user root; pid nginx.pid; error_log stderr;\n"
                        + configuration
                                .replace("listen 80;", "listen 127.0.0.1:%d; access_log off;".formatted(port))
                                .replace("/var/cache/lorahub", "cache")
                                .replace(
                                        "http {",
                                        "http { client_body_temp_path body; proxy_temp_path proxy;"
                                                + " fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;");
            }

            @Override
            List<String> words(Path file) {
                return List.of("-p", file.getParent().toString(), "-c", file.toString(), "-g", "daemon off;");
            }
        },
        CADDY("Caddyfile", "/usr/bin/caddy") {
            @Override
            String adapted(String configuration, int port) {
                return "{\n\tadmin off\n}\n"
                        + configuration.replace("hub.example.org {", "http://127.0.0.1:%d {".formatted(port));
            }

            @Override
            List<String> words(Path file) {
                return List.of("run", "--adapter", "caddyfile", "--config", file.toString());
            }
        };

        private final String file;
        private final String program;

        Proxy(String file, String program) {
            this.file = file;
            this.program = program;
        }

        /** Listens on a port of this machine only. */
        abstract String adapted(String configuration, int port);

        abstract List<String> words(Path file);
    }

    @TempDir
    static Path folder;

    private final List<HubProcess> processes = new ArrayList<>();
    private final List<String> addresses = new ArrayList<>();
    private EmbeddedDatabase database;
    private String session;
    private String token;
    private ServerProcess proxy;

    @BeforeAll
    void start() throws Exception {
        database = EmbeddedDatabase.start(folder.resolve("postgres"));
        HubProcess first = serve("first");
        RestAssured.baseURI = addresses.get(0);
        session = FirstMember.session(first);
        token = FirstMember.token(session);
        serve("second", "--no-worker");
    }

    @AfterEach
    void stopProxy() {
        if (proxy != null) proxy.stop();
    }

    @AfterAll
    void stop() throws Exception {
        RestAssured.reset();
        for (HubProcess process : processes) process.kill();
        if (database != null) database.close();
    }

    private HubProcess serve(String name, String... options) throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("LORAHUB_DATABASE_URL", database.jdbcUrl());
        environment.put("LORAHUB_DATABASE_USERNAME", database.username());
        environment.put("LORAHUB_DATABASE_PASSWORD", database.password());
        environment.put("LORAHUB_STORAGE_DIRECTORY", folder.resolve("objects").toString());
        environment.put("LORAHUB_CONNECTIONS_TRUSTED_PROXIES", "127.0.0.1");
        List<Object> words = new ArrayList<>(List.of("serve", "--port", 0, "--data", folder.resolve(name)));
        words.addAll(List.of(options));
        HubProcess process = HubProcess.start(environment, words.toArray());
        processes.add(process);
        addresses.add(process.awaitUrl());
        return process;
    }

    private URI start(Proxy kind) throws IOException {
        assumeThat(Path.of(kind.program))
                .as("Debian's package of %s is not installed", kind)
                .exists();
        int port = ServerProcess.freePort();
        Path place = Files.createTempDirectory(folder, "proxy-");
        String configuration = Files.readString(FILES.resolve(kind.file))
                .replace("10.0.0.11:8080", URI.create(addresses.get(0)).getAuthority())
                .replace("10.0.0.12:8080", URI.create(addresses.get(1)).getAuthority());
        Path file = Files.writeString(place.resolve(kind.file), kind.adapted(configuration, port));
        List<String> command = new ArrayList<>(List.of(kind.program));
        command.addAll(kind.words(file));
        URI address = URI.create("http://127.0.0.1:" + port);
        proxy = ServerProcess.start(
                ServerProcess.newFolder("proxy"),
                command,
                Map.of("XDG_DATA_HOME", place.toString(), "XDG_CONFIG_HOME", place.toString()),
                address);
        RestAssured.baseURI = address.toString();
        return address;
    }

    @ParameterizedTest
    @EnumSource(Proxy.class)
    void pages_uploads_and_streams_pass_and_nobody_notices_that_a_process_ends(Proxy kind) throws Exception {
        URI address = start(kind);
        String page = AsBrowser.given(session).get("/adapters").asString();
        assertThat(page).contains("demo/un");
        assertThat(page).doesNotContain(addresses.get(0), addresses.get(1));

        UploadClient client = new UploadClient(address, token);
        String file =
                UploadClient.file(client.announced(Map.of(AdapterFiles.WEIGHTS, (long) SIZE)), AdapterFiles.WEIGHTS);
        try (Socket socket = client.begin(file, SIZE, new byte[SENT])) { // the hub has it before all of it is sent
            await().until(() -> client.append(file, 0, new byte[1]).statusCode() == 409);
        }
        long kept = await().until(() -> client.offset(file), offset -> offset > 0);
        await().until(() ->
                client.append(file, kept, new byte[SIZE - (int) kept]).statusCode() == 204);

        assertThat(shareBeforeFirstLine(address)).isLessThan(0.7);

        processes.get(1).terminate();
        for (int i = 0; i < 50; i++) {
            assertThat(AsBrowser.given().get("/adapters?q=" + i).statusCode())
                    .as("request " + i)
                    .isEqualTo(200);
        }
        processes.remove(1);
        addresses.remove(1);
        serve("again-" + kind, "--no-worker");
    }

    @Test
    void nginx_keeps_files_of_all_and_asks_the_hub_whether_they_may_still_be_read() throws Exception {
        UploadClient client = new UploadClient(start(Proxy.NGINX), token);
        AdapterFiles files =
                AdapterFiles.of(DemoHub.open().adaptersFolder().resolve("un")).unique();
        HttpResponse<String> published = client.publish(
                client.checked(files.map()),
                "{\"name\": \"kept\", \"title\": \"Kept\", \"licence\": \"MIT\", \"visibility\": \"public\"}");
        String adapter =
                published.headers().firstValue("Location").orElseThrow().replaceFirst(".*/adapters/", "");
        String file = "/%s/resolve/main/%s".formatted(adapter, AdapterFiles.WEIGHTS);

        Response first = RestAssured.get(file);
        assertThat(first.statusCode()).as(file).isEqualTo(200);
        assertThat(first.header(CACHE)).isEqualTo("MISS");
        Response kept = await().until(
                        () -> RestAssured.get(file),
                        answer -> answer.header(CACHE).equals("REVALIDATED"));
        assertThat(kept.asByteArray()).isEqualTo(files.get(AdapterFiles.WEIGHTS));
        Response part = RestAssured.given().header("Range", "bytes=100-199").get(file);
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.asByteArray()).isEqualTo(Arrays.copyOfRange(files.get(AdapterFiles.WEIGHTS), 100, 200));
        assertThat(RestAssured.head(file).header(CACHE)).isNull();
        RequestSpecification owner = RestAssured.given().auth().oauth2(token);
        assertThat(owner.header("Range", "bytes=100-199").get(file).asByteArray())
                .isEqualTo(part.asByteArray());
        // for nginx another file than for the hub
        String other =
                "/demo/un/resolve/main/adapter_model.safetensors;" + "%2F..".repeat(6) + file.replace("/", "%2F");
        assertThat(RestAssured.given().urlEncodingEnabled(false).get(other).header(CACHE))
                .isNull();
        assertThat(RestAssured.get(file).asByteArray()).isEqualTo(files.get(AdapterFiles.WEIGHTS));

        RestAssured.given()
                .auth()
                .oauth2(token)
                .header("If-Match", "*")
                .contentType("application/merge-patch+json")
                .body("{\"visibility\": \"private\"}")
                .patch("/api/v1/adapters/" + adapter)
                .then()
                .statusCode(200);

        await().atMost(Duration.ofSeconds(5)).until(() -> RestAssured.get(file).statusCode() == 404);
        for (int i = 0; i < 3; i++) {
            Response own = RestAssured.given().auth().oauth2(token).get(file);
            assertThat(own.statusCode()).isEqualTo(200);
            assertThat(own.header(CACHE)).isNull();
            assertThat(RestAssured.get(file).statusCode()).isEqualTo(404);
        }
    }

    /** Share of the time of a text, streamed token by token, that passes before its first line. */
    private static double shareBeforeFirstLine(URI address) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/v1/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"model\": \"demo/un\", \"prompt\": \"lock\", \"temperature\": 0, \"max_tokens\": 300, \"stream\": true,"
                                + " \"logit_bias\": {\"1\": -100}}"))
                .build();
        await().until(() ->
                HTTP.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200);
        long start = System.nanoTime();
        Iterator<String> lines =
                HTTP.send(request, HttpResponse.BodyHandlers.ofLines()).body().iterator();
        assertThat(lines.next()).startsWith("data: {");
        long first = System.nanoTime() - start;
        lines.forEachRemaining(line -> {});
        return (double) first / (System.nanoTime() - start);
    }
}
