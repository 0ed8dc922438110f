package io.lorahub.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.AdapterAddress;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.lorahub.testsupport.server.BreakingProxy;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
class AdapterUploadTest {

    private static final Path UN = DemoHub.open().adaptersFolder().resolve("un");

    private final Hub hub;
    private final DemoOnHub demo;

    @TestHTTPResource
    URI server;

    @TempDir
    Path folder;

    private String token;

    AdapterUploadTest(Hub hub, DemoOnHub demo) {
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
        JsonNode upload = push(server).send(LocalFiles.of(UN), null);
        assertThat(upload.path("state").asText()).isEqualTo("passed");
    }

    @Test
    void after_broken_connections_only_the_rest_is_sent() throws IOException {
        long size = Files.size(UN.resolve("adapter_model.safetensors"));
        AtomicLong moved = new AtomicLong();
        try (BreakingProxy proxy = new BreakingProxy(server)) {
            proxy.breakUpAfter(size / 2).breakUpAfter(size / 4);
            AdapterUpload push = new AdapterUpload(client(proxy.address()), new Counting(moved));
            assertThat(push.send(LocalFiles.of(UN), null).path("state").asText())
                    .isEqualTo("passed");
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
                        files.manifest(com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode()))
                .path("uploads")
                .get(0);
        assertThat(push(server).send(files, null).path("id")).isEqualTo(begun.path("id"));
    }

    @Test
    void cards_that_could_not_be_published_are_refused_before_anything_is_sent() {
        ObjectNode said = said("No Name").put("licence", "mine").put("version", "one");
        assertThatThrownBy(() -> push(server).send(LocalFiles.of(UN), said))
                .hasMessageContaining("No Name")
                .hasMessageContaining("title: Give it a title")
                .hasMessageContaining("version: ")
                .hasMessageContaining("licence: ");
        assertThat(client(server).get("/api/v1/uploads").path("uploads")).isEmpty();
    }

    @Test
    void the_files_of_a_refused_publication_are_not_sent_again() throws IOException {
        for (LocalFiles files : List.of(LocalFiles.of(unWithReadme()), LocalFiles.of(zipped(unWithReadme())))) {
            AtomicLong moved = new AtomicLong();
            AdapterUpload push = new AdapterUpload(client(server), new Counting(moved));
            JsonNode upload = push.send(files, said(files.folder()));
            assertThat(upload.path("folder").asText()).isIn("un-copy", "inside");
            assertThatThrownBy(() -> push.publish(upload, said(files.folder())))
                    .hasMessageContaining("licence: ")
                    .hasMessageContaining(
                            "The files are at " + server.toString().replaceAll("/$", "") + "/uploads/");
            long first = moved.getAndSet(0);
            assertThat(first).isPositive();

            JsonNode again = push.send(files, said(files.folder()).put("licence", "MIT"));

            assertThat(again.path("id")).isEqualTo(upload.path("id"));
            assertThat(moved.get()).isZero();
            client(server).delete(again.path("url").asText());
        }
    }

    @Test
    void the_files_of_the_newest_version_are_known() throws IOException {
        AdapterUpload push = push(server);
        LocalFiles files = LocalFiles.of(unWithReadme());
        AdapterAddress name = push.named("un-copy");
        assertThat(push.adapter(name)).isEmpty();
        push.publish(push.send(files, null), said("un-copy").put("licence", "MIT"));

        JsonNode adapter = push.adapter(name).orElseThrow();
        assertThat(AdapterUpload.isOf(adapter, files)).isTrue();
        assertThat(AdapterUpload.isOf(adapter, LocalFiles.of(zipped(unWithReadme()))))
                .isTrue();
        assertThat(AdapterUpload.isOf(adapter, LocalFiles.of(UN))).isFalse();
    }

    @Test
    void missing_fields_of_a_new_adapter_are_reported_before_anything_is_sent() throws IOException {
        AdapterUpload push = push(server);
        assertThat(push.missing(LocalFiles.of(UN), said("x"))).containsExactly("title", "licence");
        assertThat(push.missing(LocalFiles.of(UN), said("x").put("title", "X").put("licence", "MIT")))
                .isEmpty();
        Path withTitle = unWithReadme();
        for (LocalFiles files : List.of(LocalFiles.of(withTitle), LocalFiles.of(zipped(withTitle)))) {
            assertThat(push.missing(files, said("x"))).containsExactly("licence");
            assertThat(push.missing(files, said("x").put("title", " "))).containsExactly("title", "licence");
        }
        Files.writeString(withTitle.resolve("README.md"), "---\nlicense: mit\n---\n# Prefix un-");
        assertThat(push.missing(LocalFiles.of(withTitle), said("x"))).isEmpty();

        JsonNode upload = push.send(LocalFiles.of(UN), null);
        HubClient client = client(server);
        String typed = "{\"title\": \"Prefix un-\", \"licence\": \"MIT\"}";
        client.send(
                client.request(upload.path("url").asText())
                        .header("Content-Type", "application/json")
                        .method("PATCH", BodyPublishers.ofString(typed)),
                BodyHandlers.discarding());
        assertThat(push.missing(LocalFiles.of(UN), said("x"))).isEmpty();
    }

    private ObjectNode said(String name) {
        return new ObjectMapper().createObjectNode().put("name", name);
    }

    /** A copy whose README has a title but no licence. */
    private Path unWithReadme() throws IOException {
        Path copy = folder.resolve("un-copy");
        Files.createDirectories(copy);
        for (String name : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(UN.resolve(name), copy.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        Files.writeString(copy.resolve("README.md"), "# Prefix un-");
        return copy;
    }

    private Path zipped(Path adapter) throws IOException {
        Path zip = folder.resolve(adapter.getFileName() + ".zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip));
                Stream<Path> files = Files.list(adapter)) {
            for (Path file : files.toList()) {
                out.putNextEntry(new ZipEntry("inside/" + file.getFileName()));
                Files.copy(file, out);
            }
        }
        return zip;
    }

    @Test
    void two_adapters_at_once_are_refused_and_nothing_is_left_there() throws IOException {
        assertThatThrownBy(() -> push(server).send(LocalFiles.of(Files.createFile(folder.resolve("x.txt"))), null))
                .hasMessageContaining("isn't a zip file");
        assertThatThrownBy(() -> LocalFiles.of(Files.createDirectory(folder.resolve("empty"))))
                .hasMessageContaining("contains no files");
        Path two = Files.createDirectory(folder.resolve("two"));
        for (String name : new String[] {"a.zip", "b.zip"}) Files.write(two.resolve(name), new byte[10]);
        assertThatThrownBy(() -> push(server).send(LocalFiles.of(two), null))
                .hasMessageContaining("These are 2 adapters");
        assertThat(client(server).get("/api/v1/uploads").path("uploads")).isEmpty();
    }

    private AdapterUpload push(URI address) {
        return new AdapterUpload(client(address), TransferProgress.SILENT);
    }

    private HubClient client(URI address) {
        return new HubClient(new Login(Login.server(address.toString()), token));
    }

    private record Counting(AtomicLong bytes) implements TransferProgress {
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
