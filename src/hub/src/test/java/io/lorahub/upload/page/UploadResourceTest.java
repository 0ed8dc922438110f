package io.lorahub.upload.page;

import static io.lorahub.testsupport.UploadClient.file;
import static io.lorahub.testsupport.UploadClient.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadConfig;
import io.lorahub.upload.UploadLimits;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class UploadResourceTest {

    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String CONFIG = "adapter_config.json";

    private final Hub hub;
    private final UploadConfig config;
    private final UploadLimits limits;

    @TestHTTPResource
    URI server;

    private Person person;
    private UploadClient client;

    UploadResourceTest(Hub hub, UploadConfig config, UploadLimits limits) {
        this.hub = hub;
        this.config = config;
        this.limits = limits;
    }

    @BeforeEach
    void signIn() {
        person = hub.person(Role.MEMBER);
        client = new UploadClient(server, hub.token(person, Scope.WRITE));
    }

    @Test
    void the_list_of_uploads_looks_again_while_one_is_checked() {
        String session = hub.session(person);
        JsonNode upload = client.upload(Map.of(CONFIG, "{ }".getBytes(UTF_8), WEIGHTS, new byte[10]));
        assertThat(upload.path("state").asText()).isEqualTo("checking"); // no checks run here
        assertThat(AsBrowser.given(session).get("/uploads").asString())
                .contains("id=\"uploads\" hx-get=\"/uploads\"", "http-equiv=\"refresh\"");
        client.delete(upload);
        assertThat(AsBrowser.given(session).get("/uploads").asString()).doesNotContain("hx-get=\"/uploads\"");
    }

    @Test
    void announced_files_are_listed_with_what_becomes_of_them() {
        HttpResponse<String> answer =
                client.announce(Map.of("Adapter_Config.JSON", 10L, WEIGHTS, 20L, "tokenizer.json", 30L));

        assertThat(answer.statusCode()).isEqualTo(201);
        JsonNode upload = json(answer).path("uploads").get(0);
        assertThat(answer.headers().firstValue("Location").orElseThrow())
                .endsWith(upload.path("url").asText());
        assertThat(upload.path("state").asText()).isEqualTo("receiving");
        assertThat(upload.path("files").findValuesAsText("name"))
                .containsExactlyInAnyOrder(CONFIG, WEIGHTS, "tokenizer.json");
        for (JsonNode file : upload.path("files")) {
            boolean ignored = file.path("name").asText().equals("tokenizer.json");
            assertThat(file.path("kind").asText()).isEqualTo(ignored ? "ignored" : "kept");
            assertThat(file.has("url")).isEqualTo(!ignored);
        }
    }

    @Test
    void each_folder_with_an_adapter_becomes_an_upload_of_one_batch() {
        JsonNode uploads = json(client.announce(Map.of(
                        "all/un/" + CONFIG,
                        1L,
                        "all/un/" + WEIGHTS,
                        2L,
                        "all/re/" + CONFIG,
                        3L,
                        "all/re/" + WEIGHTS,
                        4L,
                        "all/README.md",
                        5L)))
                .path("uploads");

        assertThat(uploads.findValuesAsText("folder")).containsExactlyInAnyOrder("un", "re");
        assertThat(uploads.findValuesAsText("batch").stream().distinct()).hasSize(1);
        assertThat(client.list()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../adapter_config.json",
                "/etc/adapter_config.json",
                "un/../../adapter_config.json",
                "C:\\un\\adapter_config.json",
                "un\\adapter_config.json",
                "./adapter_config.json",
                "un//adapter_config.json",
                "un/",
                "",
                "adapter_config.json\u0000",
                "adapter_config\u202e.json",
                "training_log.txt"
            })
    void a_name_that_leads_elsewhere_or_is_no_adapters_is_refused(String name) {
        HttpResponse<String> answer = client.announce(Map.of(name, 10L));

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(json(answer).path("causes").get(0).path("field").asText()).startsWith("files");
        assertThat(client.list()).isEmpty();
    }

    @Test
    void all_that_is_wrong_with_an_announcement_is_said_at_once() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("../x", -1L);
        sizes.put("a.exe", 1L);
        HttpResponse<String> answer = client.announce(sizes);
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(json(answer).path("causes").findValuesAsText("field"))
                .containsExactly("files[0].size", "files[0].name", "files");
    }

    @Test
    void a_file_without_a_size_is_told_to_give_it() {
        Map<String, Long> sizes = new LinkedHashMap<>();
        sizes.put(CONFIG, null);
        JsonNode causes = json(client.announce(sizes)).path("causes");
        assertThat(causes.findValuesAsText("field")).containsExactly("files[0].size");
        assertThat(causes.findValuesAsText("message")).containsExactly("Give its size in bytes.");
    }

    @Test
    void two_files_of_one_name_are_refused() {
        HttpResponse<String> answer = client.announce(Map.of(CONFIG, 1L, "ADAPTER_CONFIG.json", 2L));

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("Two files are called adapter_config.json");
    }

    @Test
    void pickled_weights_beside_safetensors_are_not_sent() {
        JsonNode upload = client.announced(Map.of(CONFIG, 1L, WEIGHTS, 2L, "adapter_model.bin", 3L));

        assertThat(upload.path("files").get(1).path("name").asText()).isEqualTo("adapter_model.bin");
        assertThat(upload.path("files").get(1).path("kind").asText()).isEqualTo("ignored");
    }

    @Test
    void a_file_is_refused_that_is_announced_larger_than_allowed() {
        long most = config.fileSize().asLongValue();

        assertThat(client.announce(Map.of(WEIGHTS, most + 1)).statusCode()).isEqualTo(413);
        assertThat(client.announce(Map.of(CONFIG, 1_000_001L)).statusCode()).isEqualTo(413);
        assertThat(client.announce(Map.of(WEIGHTS, -1L)).statusCode()).isEqualTo(422);
        assertThat(client.list()).isEmpty();
    }

    @Test
    void more_than_a_day_allows_is_refused() {
        QuarkusTransaction.requiringNew()
                .run(() -> limits.addToDay(person, config.perDay().asLongValue() - 100));

        assertThat(client.announce(Map.of(WEIGHTS, 101L)).statusCode()).isEqualTo(429);
        assertThat(client.announce(Map.of(WEIGHTS, 60L)).statusCode()).isEqualTo(201);
        HttpResponse<String> second = client.announce(Map.of(WEIGHTS, 60L));
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(second.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void a_thousand_uploads_of_one_member_at_once_end_at_the_limit() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(50);
        List<Future<Integer>> answers = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                answers.add(threads.submit(
                        () -> client.announce(Map.of(CONFIG, 10L)).statusCode()));
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> answer : answers) statuses.add(answer.get());
            assertThat(statuses).containsOnly(201, 429);
            assertThat(statuses.stream().filter(status -> status == 201)).hasSize(config.openPerMember());
        } finally {
            threads.shutdown();
        }
        assertThat(client.list()).hasSize(config.openPerMember());
        assertThat(QuarkusTransaction.requiringNew().call(() -> Upload.count("person", person)))
                .isEqualTo(config.openPerMember());
    }

    @Test
    void a_new_version_is_announced_by_who_may_edit_the_adapter() {
        Adapter own = hub.adapter(person, Visibility.PUBLIC);
        Person other = hub.person(Role.MEMBER);
        Adapter foreign = hub.adapter(other, Visibility.PUBLIC);
        Adapter hidden = hub.adapter(other, Visibility.PRIVATE);

        assertThat(json(announce("adapter", own.address()))
                        .path("uploads")
                        .get(0)
                        .path("publisher")
                        .asText())
                .isEqualTo(person.name);
        assertThat(announce("adapter", foreign.address()).statusCode()).isEqualTo(403);
        assertThat(announce("adapter", hidden.address()).statusCode()).isEqualTo(404);
        assertThat(announce("adapter", "no-slash").statusCode()).isEqualTo(422);
    }

    @Test
    void a_publisher_is_chosen_by_its_members() {
        Person other = hub.person(Role.MEMBER);

        assertThat(announce("publisher", person.name).statusCode()).isEqualTo(201);
        assertThat(announce("publisher", other.name).statusCode()).isEqualTo(422);
    }

    @Test
    void nobody_uploads_without_signing_in() {
        assertThat(new UploadClient(server, "lh_unknown")
                        .announce(Map.of(CONFIG, 1L))
                        .statusCode())
                .isEqualTo(401);
    }

    private HttpResponse<String> announce(String key, String value) {
        return client.send(client.request(UploadClient.UPLOADS)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"files\": [{\"name\": \"%s\", \"size\": 1}], \"%s\": \"%s\"}"
                        .formatted(CONFIG, key, value))));
    }
}
