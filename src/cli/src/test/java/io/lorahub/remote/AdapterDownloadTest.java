package io.lorahub.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorahub.account.Role;
import io.lorahub.adapter.AdapterAddress;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.server.BreakingProxy;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class AdapterDownloadTest {

    private static final String WEIGHTS = "adapter_model.safetensors";

    private final Hub hub;
    private final DemoOnHub demo;

    @TestHTTPResource
    URI server;

    @TempDir
    Path folder;

    private AdapterAddress name;

    AdapterDownloadTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void publish() {
        name = AdapterAddress.of(demo.publish(hub.person(Role.MEMBER), "un").get(0));
    }

    @Test
    void an_adapter_comes_as_it_was_published() throws IOException {
        AdapterDownload.Result pulled = pull(server).into(folder.resolve("un"), name);
        assertThat(pulled.version()).isEqualTo("1.0.0");
        assertSame(folder.resolve("un"));
        assertThat(folder.toFile().list()).containsExactly("un");
        assertThat(pull(server).into(folder.resolve("un"), name).fetched()).isZero();
    }

    @Test
    void after_broken_connections_only_the_rest_is_fetched() throws IOException {
        long size = Files.size(published().resolve(WEIGHTS));
        try (BreakingProxy proxy = new BreakingProxy(server)) {
            proxy.breakDownAfter(size / 3).breakDownAfter(size / 3);
            AdapterDownload.Result pulled = pull(proxy.address()).into(folder.resolve("un"), name);
            assertThat(proxy.broken()).isEqualTo(2);
            assertThat(pulled.fetched())
                    .isEqualTo(
                            pulled.files().stream().mapToLong(RemoteFile::size).sum());
        }
        assertSame(folder.resolve("un"));
    }

    @Test
    void two_downloads_into_one_folder_do_not_mix() throws IOException {
        Path lock = folder.resolve(".un.%s-%s-1.0.0.part.lock".formatted(name.publisher(), name.name()));
        try (FileChannel other = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            assertThat(other.tryLock()).isNotNull();
            assertThatThrownBy(() -> pull(server).into(folder.resolve("un"), name))
                    .isInstanceOf(RemoteException.class)
                    .hasMessageContaining("Another download into");
        }
        pull(server).into(folder.resolve("un"), name);
        assertSame(folder.resolve("un"));
    }

    @Test
    void leftovers_of_an_earlier_try_are_used() throws IOException {
        Path part = Files.createDirectories(
                folder.resolve(".un.%s-%s-1.0.0.part".formatted(name.publisher(), name.name())));
        byte[] weights = Files.readAllBytes(published().resolve(WEIGHTS));
        Files.write(part.resolve(WEIGHTS), java.util.Arrays.copyOf(weights, weights.length - 1000));
        AdapterDownload.Result pulled = pull(server).into(folder.resolve("un"), name);
        assertThat(pulled.fetched())
                .isEqualTo(1000
                        + pulled.files().stream()
                                .filter(file -> !file.name().equals(WEIGHTS))
                                .mapToLong(RemoteFile::size)
                                .sum());
        assertSame(folder.resolve("un"));
    }

    @Test
    void files_with_another_hash_are_discarded() throws IOException {
        Path part = Files.createDirectories(
                folder.resolve(".un.%s-%s-1.0.0.part".formatted(name.publisher(), name.name())));
        Files.write(part.resolve(WEIGHTS), new byte[1000]);
        assertThatThrownBy(() -> pull(server).into(folder.resolve("un"), name))
                .isInstanceOf(RemoteException.class)
                .hasMessageContaining("SHA-256 that the hub states");
        assertThat(folder.resolve("un")).doesNotExist();
        assertThat(part.resolve(WEIGHTS)).doesNotExist();
        pull(server).into(folder.resolve("un"), name);
        assertSame(folder.resolve("un"));
    }

    @Test
    void a_folder_with_something_else_is_left_alone() throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve("un")).resolve("mine.txt"), "mine");
        assertThatThrownBy(() -> pull(server).into(folder.resolve("un"), name))
                .hasMessageContaining("contains something else");
        assertThat(folder.resolve("un").toFile().list()).containsExactly("mine.txt");
    }

    @Test
    void missing_things_are_named() {
        assertThatThrownBy(() -> pull(server).into(folder.resolve("x"), AdapterAddress.of("nobody/nothing")))
                .hasMessageContaining("There is no adapter nobody/nothing at "
                        + server.toString().replaceAll("/$", ""));
        assertThatThrownBy(() -> pull(server).into(folder.resolve("x"), AdapterAddress.of(name + "@9.9.9")))
                .hasMessage("%s has no version 9.9.9; it has 1.0.0.".formatted(name));
        assertThatThrownBy(() -> pull(URI.create("http://localhost:1")).into(folder.resolve("x"), name))
                .hasMessageContaining("No hub answers at http://localhost:1");
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/b", "", ".bashrc", "..", "a\\b", "a\u0000"})
    void a_hub_cannot_write_elsewhere(String file) {
        assertThatThrownBy(() -> RemoteFile.of(
                        JsonNodeFactory.instance.objectNode().put("name", file).put("sha256", "0".repeat(64))))
                .hasMessageContaining("isn't allowed");
    }

    private AdapterDownload pull(URI address) {
        return new AdapterDownload(
                new HubClient(new Login(Login.server(address.toString()), "")), TransferProgress.SILENT);
    }

    private static Path published() {
        return DemoHub.open().adaptersFolder().resolve("un");
    }

    private static void assertSame(Path pulled) throws IOException {
        assertThat(pulled.resolve(WEIGHTS)).hasSameBinaryContentAs(published().resolve(WEIGHTS));
        assertThat(pulled.resolve("adapter_config.json"))
                .hasSameBinaryContentAs(published().resolve("adapter_config.json"));
    }
}
