package io.lorahub.upload;

import static io.lorahub.testsupport.UploadClient.file;
import static io.lorahub.testsupport.UploadClient.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.testsupport.UploadClient;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A member who sends a thousand uploads with their files at once. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@Settings({"lorahub.web.bodies=1000", "lorahub.web.bodies-per-client=1000"}) // one member sends all of them at once
class ManyUploadsTest {

    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String CONFIG = "adapter_config.json";
    private static final int AT_ONCE = 50;

    /** Of each file. No other test stores files of this size, even if its jobs go on in the background. */
    private static final int BYTES = 61;

    private final Hub hub;
    private final ObjectStore store;
    private final UploadConfig config;
    private final UploadLimits limits;

    @TestHTTPResource
    URI server;

    private Person person;
    private UploadClient client;

    ManyUploadsTest(Hub hub, ObjectStore store, UploadConfig config, UploadLimits limits) {
        this.hub = hub;
        this.store = store;
        this.config = config;
        this.limits = limits;
    }

    @BeforeEach
    void sign_in() {
        person = hub.person(Role.MEMBER);
        client = client(person);
    }

    @Test
    void a_thousand_uploads_are_stored_up_to_the_limit_and_all_of_them_go_when_they_are_cancelled() throws Exception {
        long blobs = count(ObjectKey.BLOBS);
        long staged = count(ObjectKey.STAGING);
        UploadClient neighbour = client(hub.person(Role.MEMBER));
        List<Callable<HttpResponse<String>>> requests = new ArrayList<>();
        for (int i = 0; i < 1000; i++) requests.add(upload(i));
        requests.add(500, () -> neighbour.announce(Map.of(CONFIG, 10L)));

        List<HttpResponse<String>> answers = atOnce(requests);

        assertThat(answers.remove(500).statusCode()).isEqualTo(201);
        assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(201, 429);
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 429))
                .hasSize(1000 - config.openPerMember())
                .allMatch(answer -> answer.headers().firstValue("Retry-After").isPresent());
        JsonNode open = client.list();
        assertThat(open).hasSize(config.openPerMember());
        assertThat(open).allMatch(upload -> upload.path("state").asText().equals("checking"));
        assertThat(count(ObjectKey.BLOBS)).isEqualTo(blobs + 2L * config.openPerMember());
        assertThat(count(ObjectKey.STAGING)).isEqualTo(staged);

        for (JsonNode one : open) assertThat(client.delete(one).statusCode()).isEqualTo(204);

        assertThat(count(ObjectKey.BLOBS)).isEqualTo(blobs);
        assertThat(QuarkusTransaction.requiringNew().call(() -> UploadFile.count("upload.person", person)))
                .isZero();
        assertThat(client.announce(Map.of(CONFIG, 10L)).statusCode()).isEqualTo(201);
    }

    @Test
    void files_that_take_the_place_of_others_at_once_do_not_pass_the_limit_of_a_day() throws Exception {
        List<JsonNode> uploads = new ArrayList<>();
        for (int i = 0; i < 20; i++) uploads.add(client.announced(Map.of(CONFIG, 1L)));
        QuarkusTransaction.requiringNew()
                .run(() -> limits.addToDay(person, config.perDay().asLongValue() - 250));
        List<Callable<HttpResponse<String>>> requests = new ArrayList<>();
        for (JsonNode upload : uploads) requests.add(() -> client.announceMore(upload, Map.of(WEIGHTS, 100L)));

        List<HttpResponse<String>> answers = atOnce(requests);

        assertThat(answers).extracting(HttpResponse::statusCode).containsOnly(200, 429);
        assertThat(answers.stream().filter(answer -> answer.statusCode() == 200))
                .hasSize(2);
    }

    /** Announces two unique files, and sends them if allowed. */
    private Callable<HttpResponse<String>> upload(int number) {
        byte[] config =
                "{\"number\": %%%dd }".formatted(BYTES - 13).formatted(number).getBytes(UTF_8);
        byte[] weights = "%%%dd".formatted(BYTES).formatted(number).getBytes(UTF_8);
        return () -> {
            HttpResponse<String> answer =
                    client.announce(Map.of(CONFIG, (long) config.length, WEIGHTS, (long) weights.length));
            if (answer.statusCode() != 201) return answer;
            JsonNode upload = json(answer).path("uploads").get(0);
            assertThat(client.append(file(upload, CONFIG), 0, config).statusCode())
                    .isEqualTo(204);
            assertThat(client.append(file(upload, WEIGHTS), 0, weights).statusCode())
                    .isEqualTo(204);
            return answer;
        };
    }

    private static <T> List<T> atOnce(List<Callable<T>> requests) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<T> answers = new ArrayList<>();
            for (Future<T> answer : threads.invokeAll(requests)) answers.add(answer.get());
            return answers;
        } finally {
            threads.shutdown();
        }
    }

    private UploadClient client(Person person) {
        return new UploadClient(server, hub.token(person, Scope.WRITE));
    }

    private long count(String prefix) {
        return store.list(prefix).filter(object -> object.size() == BYTES).count();
    }
}
