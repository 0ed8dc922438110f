package io.lorahub.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.BreakingProxy;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithDoctor;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@TestProfile(WithDoctor.class)
@QuarkusTestResource(PostgresResource.class)
class PushTest {

    private static final Path UN = DemoHub.open().adaptersFolder().resolve("un");

    private final Hub hub;
    private final DemoOnHub demo;

    @TestHTTPResource
    URI server;

    @TempDir
    Path folder;

    private String token;

    PushTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void signIn() {
        Person person = hub.person(Role.MEMBER);
        token = hub.token(person, Scope.WRITE);
        demo.publish(person, "past"); // and with it the base model
    }

    @Test
    void a_folder_arrives_and_is_checked() {
        JsonNode upload = push(server).send(LocalFiles.of(UN));
        assertThat(upload.path("state").asText()).isEqualTo("passed");
    }

    @Test
    void after_broken_connections_only_the_rest_is_sent() throws IOException {
        long size = Files.size(UN.resolve("adapter_model.safetensors"));
        AtomicLong moved = new AtomicLong();
        try (BreakingProxy proxy = new BreakingProxy(server)) {
            proxy.breakUpAfter(size / 2).breakUpAfter(size / 4);
            Push push = new Push(client(proxy.address()), new Counting(moved));
            assertThat(push.send(LocalFiles.of(UN)).path("state").asText()).isEqualTo("passed");
            assertThat(proxy.broken()).isEqualTo(2);
        }
        assertThat(moved.get()).isEqualTo(size + Files.size(UN.resolve("adapter_config.json")));
    }

    @Test
    void an_ended_try_is_gone_on_with() throws IOException {
        LocalFiles files = LocalFiles.of(UN);
        JsonNode begun = client(server)
                .post(
                        "/api/v1/uploads",
                        files.announcement(com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode()))
                .path("uploads")
                .get(0);
        assertThat(push(server).send(files).path("id")).isEqualTo(begun.path("id"));
    }

    @Test
    void two_adapters_at_once_are_refused_and_nothing_is_left_there() throws IOException {
        assertThatThrownBy(() -> push(server).send(LocalFiles.of(Files.createFile(folder.resolve("x.txt")))))
                .hasMessageContaining("is no zip");
        assertThatThrownBy(() -> LocalFiles.of(Files.createDirectory(folder.resolve("empty"))))
                .hasMessageContaining("holds no files");
        Path two = Files.createDirectory(folder.resolve("two"));
        for (String name : new String[] {"a.zip", "b.zip"}) Files.write(two.resolve(name), new byte[10]);
        assertThatThrownBy(() -> push(server).send(LocalFiles.of(two))).hasMessageContaining("These are 2 adapters");
        assertThat(client(server).get("/api/v1/uploads").path("uploads")).isEmpty();
    }

    private Push push(URI address) {
        return new Push(client(address), Transfer.SILENT);
    }

    private HubClient client(URI address) {
        return new HubClient(new Login(Login.server(address.toString()), token));
    }

    private record Counting(AtomicLong bytes) implements Transfer {
        @Override
        public void begin(String what, long size, long done) {}

        @Override
        public void moved(long count) {
            bytes.addAndGet(count);
        }

        @Override
        public void end() {}
    }
}
