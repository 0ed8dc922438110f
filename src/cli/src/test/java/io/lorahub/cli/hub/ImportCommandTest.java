package io.lorahub.cli.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.cli.Ended;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.demo.DemoHub;
import io.lorahub.imports.source.AllowedHosts;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.lorahub.testsupport.server.OtherHub;
import io.lorahub.testsupport.server.OtherHubResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code import} in its own process and home folder, as the launcher starts it. */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(OtherHubResource.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ImportCommandTest {

    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private final Hub hub;
    private final DemoOnHub demo;
    private final AllowedHosts hosts;

    @TestHTTPResource
    URI server;

    @TempDir
    Path home;

    ImportCommandTest(Hub hub, DemoOnHub demo, AllowedHosts hosts) {
        this.hub = hub;
        this.demo = demo;
        this.hosts = hosts;
    }

    @Test
    void import_waits_until_the_adapter_is_published_and_then_finds_nothing_new() throws IOException {
        demo.publish(hub.person(Role.MEMBER)); // and with it the base model
        Person person = hub.person(Role.MEMBER);
        AdapterFiles files = AdapterFiles.of(DemoHub.open().adaptersFolder().resolve("past"))
                .unique()
                .with("README.md", "---\nlicense: mit\n---\n# Past\n");
        String address = server.toString().replaceAll("/$", "");
        URI other = hosts.hubs().get(0);
        assertThat(run(hub.token(person, Scope.WRITE), "login", "--server", address)
                        .code())
                .isZero();
        try (OtherHub remote = new OtherHub(other).with("ada/past", COMMIT, files.map())) {
            Ended imported = run("", "import", "ada/past", "--publish", "--name", "mine");
            assertThat(imported.code()).as(imported.toString()).isZero();
            assertThat(imported.out())
                    .isEqualTo("Published %1$s/mine 1.0.0 from %2$s/ada/past at commit %3$s: %4$s/%1$s/mine\n"
                            .formatted(person.name, other, COMMIT, address));

            for (String[] again :
                    new String[][] {{"import", other + "/ada/past"}, {"import", "ada/past", "--name", "mine"}}) {
                Ended same = run("", again);
                assertThat(same.code()).isZero();
                assertThat(same.out())
                        .isEqualTo(
                                "Nothing is new in %s/ada/past at commit %s: %s/mine 1.0.0 already has its files, and nothing was published.\n"
                                        .formatted(other, COMMIT, person.name));
            }
            Ended shown = run("", "import", "ada/past", "--publish", "--visibility", "unlisted");
            assertThat(shown.code()).as(shown.toString()).isZero();
            assertThat(shown.out()).contains("already has its files, and only the card was updated (unlisted).");

            Ended absent = run("", "import", "ada/future");
            assertThat(absent.code()).isEqualTo(ExitCode.INPUT);
            assertThat(absent.err()).contains("doesn't have ada/future at main, or it is private");
        }
        assertThat(run("", "import", other + "/ada/past", "--publish", "--licence", "own-1")
                        .err())
                .contains("“own-1” is not in the list");
        assertThat(run("", "import", "./past").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void an_administrator_imports_a_base_model() throws IOException {
        Person admin = hub.person(Role.ADMIN);
        String address = server.toString().replaceAll("/$", "");
        URI other = hosts.hubs().get(0);
        run(hub.token(admin, Scope.ADMINISTER), "login", "--server", address);
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(DemoHub.open().base())) {
            for (Path file : all.toList()) files.put(file.getFileName().toString(), Files.readAllBytes(file));
        }
        try (OtherHub remote = new OtherHub(other).with("ada/base", COMMIT, files)) {
            Ended imported = run("", "import", "ada/base", "--base-model", "--name", "imported/by-command");

            assertThat(imported.code()).as(imported.toString()).isZero();
            assertThat(imported.out())
                    .isEqualTo("Registered the base model imported/by-command from %s/ada/base at commit %s.\n"
                            .formatted(other, COMMIT));
            Ended again = run("", "import", "ada/base", "--base-model", "--name", "imported/by-command");
            assertThat(again.code()).isEqualTo(ExitCode.INPUT);
            assertThat(again.err()).contains("imported/by-command is registered already");
        }
        Ended wrong = run("", "import", "ada/base", "--base-model", "--title", "Base");
        assertThat(wrong.code()).isEqualTo(ExitCode.USAGE);
        assertThat(wrong.err()).contains("--title doesn't apply to a base model");
    }

    private Ended run(String input, String... words) throws IOException {
        return Ended.run(home, input, words);
    }
}
