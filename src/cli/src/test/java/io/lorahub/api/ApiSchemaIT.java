package io.lorahub.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.demo.DemoHub;
import io.lorahub.serve.FirstMember;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.server.HubProcess;
import io.lorahub.web.SessionCookie;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every operation of the OpenAPI document, with values that Schemathesis makes from it, sound and unsound, in each role: no
 * fault of the server, no answer that the document doesn't have, and nothing unsound accepted. It's installed from PyPI as
 * the clients of {@code ./lorahub test --interop} are.
 */
@Tag("fuzz")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiSchemaIT {

    /** For each operation and role; {@code -Dlorahub.api.examples=100} tries more. */
    private static final int EXAMPLES = Integer.getInteger("lorahub.api.examples", 4);

    private static final int INSTALL_MINUTES = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final String CHECKS = String.join(
            ",",
            "not_a_server_error",
            "status_code_conformance",
            "content_type_conformance",
            "response_headers_conformance",
            "response_schema_conformance",
            "negative_data_rejection",
            "missing_required_header",
            "unsupported_method");

    /** A stream without an end, and bytes of files, which have tests of their own. */
    private static final String LEFT_OUT = "/events$|/files/[{]name[}]$";

    @TempDir
    static Path folder;

    private String program;
    private HubProcess hub;
    private String url;
    private final Map<String, String> tokens = new LinkedHashMap<>();

    @BeforeAll
    void open() throws Exception {
        Optional<String> environment = install();
        assumeTrue(environment.isPresent(), "Schemathesis could not be installed from PyPI.");
        program = environment.get() + "/bin/schemathesis";
        hub = HubProcess.start(Map.of(), "serve", "--data", folder.resolve("hub"), "--port", 0);
        url = hub.awaitUrl();
        RestAssured.baseURI = url;
        String administrator = FirstMember.session(URI.create(hub.awaitFirstAdminLink()));
        tokens.put("administrator", token(administrator, "administer"));
        tokens.put("member", token(register("somebody"), "write"));
        String owner = register("olivia");
        tokens.put("owner", token(owner, "write"));
        publish(tokens.get("owner"));
        Files.writeString(folder.resolve("openapi.json"), document());
        Files.writeString(folder.resolve("schemathesis.toml"), known(FirstMember.startRun(owner)));
    }

    @AfterAll
    void close() throws Exception {
        if (hub != null) hub.close();
    }

    /** The hub's document with what its introduction says of null: in a request, it counts as left out. */
    private static String document() throws IOException {
        JsonNode document =
                JSON.readTree(RestAssured.get("/api/v1/openapi.json").asString());
        for (JsonNode schema : document.at("/components/schemas")) {
            Set<String> required = new HashSet<>();
            schema.path("required").forEach(name -> required.add(name.asText()));
            for (Map.Entry<String, JsonNode> property :
                    schema.path("properties").properties()) {
                if (required.contains(property.getKey())) continue;
                ObjectNode nullable = JSON.createObjectNode();
                nullable.putArray("anyOf").add(property.getValue()).addObject().put("type", "null");
                property.setValue(nullable);
            }
        }
        return document.toString();
    }

    /** Folder of the environment; empty if it can't be made. */
    private static Optional<String> install() throws IOException, InterruptedException {
        Path printed = folder.resolve("installed.txt");
        Process process = new ProcessBuilder(
                        Checkout.path("src/interop/run.sh").toString(), "--environment", "schemathesis")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectOutput(printed.toFile())
                .start();
        boolean ended = process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return ended && process.exitValue() == 0
                ? Optional.of(Files.readString(printed).strip())
                : Optional.empty();
    }

    private static String register(String name) {
        return AsBrowser.given()
                .formParam("name", name)
                .formParam("password", "correct horse battery")
                .formParam("again", "correct horse battery")
                .post("/register")
                .then()
                .statusCode(303)
                .extract()
                .cookie(SessionCookie.NAME);
    }

    private static String token(String session, String scope) {
        return AsBrowser.given(session)
                .contentType("application/json")
                .body(Map.of("name", "schemathesis", "scope", scope))
                .post("/api/v1/me/tokens")
                .then()
                .statusCode(201)
                .extract()
                .path("token");
    }

    private void publish(String token) throws IOException {
        Path adapter = DemoHub.open().adaptersFolder().resolve("un");
        byte[] weights = Files.readAllBytes(adapter.resolve("adapter_model.safetensors"));
        weights[weights.length - 3] ^= 1; // so that it is no copy
        UploadClient client = new UploadClient(URI.create(url), token);
        JsonNode upload = client.checked(Map.of(
                "adapter_config.json",
                Files.readAllBytes(adapter.resolve("adapter_config.json")),
                "adapter_model.safetensors",
                weights));
        String card =
                "{\"name\": \"mine\", \"title\": \"Prefix un-\", \"licence\": \"MIT\", \"visibility\": \"public\"}";
        assertThat(client.publish(upload, card).statusCode()).isEqualTo(201);
    }

    /** Names of things that there are, so that not every answer is 404. */
    private static String known(String run) {
        Map<String, List<String>> values = Map.of(
                "publisher", List.of("olivia", "demo"),
                "name", List.of("mine", "un", "olivia"),
                "label", List.of("1"),
                "file", List.of("adapter_config.json", "README.md"),
                "member", List.of("somebody"),
                "model", List.of("lorahub/demo-base"),
                "run", List.of(run));
        StringBuilder toml = new StringBuilder();
        values.forEach((name, all) ->
                toml.append("[dictionaries.%s]%nvalues = [\"%s\"]%n".formatted(name, String.join("\", \"", all))));
        toml.append("[parameters]\n");
        values.keySet()
                .forEach(name -> toml.append(
                        "\"path.%s\" = { dictionary = \"%s\", probability = 0.7 }%n".formatted(name, name)));
        return toml.toString();
    }

    /** Coverage tries every limit of every field, which takes a minute; who can see nothing is asked for less. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "visitor       | examples,coverage",
                "member        | examples,fuzzing",
                "owner         | examples,fuzzing",
                "administrator | examples,coverage,fuzzing"
            })
    void every_answer_is_as_the_document_says(String role, String phases) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                program,
                "--config-file",
                folder.resolve("schemathesis.toml").toString(),
                "run",
                folder.resolve("openapi.json").toString(),
                "--url",
                url,
                "--checks",
                CHECKS,
                "--phases",
                phases,
                "--mode",
                "all",
                "--max-examples",
                Integer.toString(EXAMPLES),
                "--seed",
                "1",
                "--no-shrink",
                "--continue-on-failure",
                "--workers",
                "2",
                "--generation-database",
                "none",
                "--warnings",
                "off",
                "--suppress-health-check",
                "all",
                "--exclude-path-regex",
                LEFT_OUT));
        if (tokens.containsKey(role)) command.addAll(List.of("--header", "Authorization: Bearer " + tokens.get(role)));
        Path log = Checkout.path("target/schemathesis-%s.log".formatted(role));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        int status = process.waitFor();
        assertThat(status).as("see %s: %s", log, tail(Files.readString(log))).isZero();
        assertThat(hub.isRunning()).isTrue();
    }

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - 8000));
    }
}
