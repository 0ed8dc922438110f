package io.lorahub.composition.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunNote;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.RunSpec;
import io.lorahub.composition.RunState;
import io.lorahub.composition.request.RunRequest;
import io.lorahub.composition.request.RunService;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.S3Resource;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.UploadedFiles;
import io.lorahub.testsupport.server.S3ProxyServer;
import io.lorahub.testsupport.server.SlowCopies;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A real hub whose S3 server is killed and started again. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(value = S3Resource.class, restrictToAnnotatedClass = true)
class StoreOutageInS3Test implements S3Resource.Tester {

    private static final Duration SOON = Duration.ofSeconds(120);
    private static final String WAITS = "The file store doesn't answer; the run waits for it.";

    private final Hub hub;
    private final DemoOnHub demo;
    private final RunService runs;
    private final UploadedFiles files;
    private S3ProxyServer store;

    @TestHTTPResource
    URI server;

    StoreOutageInS3Test(Hub hub, DemoOnHub demo, RunService runs, UploadedFiles files) {
        this.hub = hub;
        this.files = files;
        this.demo = demo;
        this.runs = runs;
    }

    @Override
    public void useStore(S3ProxyServer server, SlowCopies copies) {
        store = server;
    }

    private static CompositionRun stored(UUID id) {
        return QuarkusTransaction.requiringNew().call(() -> CompositionRun.findById(id));
    }

    private static Set<String> files(UUID id) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Set.copyOf(
                        CompositionRun.<CompositionRun>findById(id).files.keySet()));
    }

    private static List<String> notes(UUID id) {
        return QuarkusTransaction.requiringNew()
                .call(() -> RunNote.of(id).stream().map(note -> note.text).toList());
    }

    @Test
    void a_run_whose_store_is_killed_waits_and_succeeds_when_it_is_back() {
        Person member = hub.person(Role.MEMBER);
        List<String> candidates = demo.publish(hub.person(Role.MEMBER), "un", "past");
        RunSpec spec = RunSpec.of(DemoHub.open().task("un-past").fewShot(1), List.of());
        UUID run =
                runs.start(RunOwner.member(member), new RunRequest("run", "", Optional.empty(), candidates, spec)).id;
        await().atMost(SOON).until(() -> stored(run).spent > 0);

        store.kill();

        await().atMost(SOON).until(() -> notes(run).contains(WAITS));
        assertThat(stored(run).state).isEqualTo(RunState.RUNNING);
        assertThat(stored(run).lost).as("an outage says nothing about the run").isZero();
        int spent = stored(run).spent;

        store.start();

        await().atMost(SOON)
                .untilAsserted(() ->
                        assertThat(stored(run).state).as(stored(run).failure).isEqualTo(RunState.SUCCEEDED));
        assertThat(stored(run).spent).as("nothing is computed again").isEqualTo(spent);
        assertThat(files(run)).contains("adapter_model.safetensors");
    }

    @Test
    void an_upload_goes_on_at_once_where_it_was_when_the_store_was_killed() throws IOException {
        UploadClient client = new UploadClient(server, hub.token(hub.person(Role.MEMBER), AccessToken.Scope.WRITE));
        byte[] weights = new byte[40_000_000];
        new Random(1).nextBytes(weights);
        JsonNode upload = client.announced(Map.of(AdapterFiles.WEIGHTS, (long) weights.length));
        String file = UploadClient.file(upload, AdapterFiles.WEIGHTS);
        long before;
        try (Socket sending = client.begin(file, weights)) {
            before = client.offset(file);
            store.kill();
            sending.getOutputStream().write(new byte[10_000_000]);
            String answer = new BufferedReader(new InputStreamReader(sending.getInputStream())).readLine();
            assertThat(answer).startsWith("HTTP/1.1 503 ");
        }
        assertThat(client.offset(file)).isEqualTo(before).isGreaterThanOrEqualTo(4 << 20);
        store.start();

        HttpResponse<String> rest =
                client.append(file, before, Arrays.copyOfRange(weights, (int) before, weights.length));

        assertThat(rest.statusCode()).as(rest.body()).isEqualTo(204);
        assertThat(files.content(client.get(upload), AdapterFiles.WEIGHTS)).isEqualTo(weights);
    }
}
