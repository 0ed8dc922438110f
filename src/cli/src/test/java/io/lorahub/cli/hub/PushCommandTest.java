package io.lorahub.cli.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.cli.Ended;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code push} in its own process and home folder, as the launcher starts it. */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PushCommandTest {

    private final Hub hub;
    private final DemoOnHub demo;

    @TestHTTPResource
    URI server;

    @TempDir
    Path home;

    private Person person;
    private String address;

    PushCommandTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void name() {
        person = hub.person(Role.MEMBER);
        address = server.toString().replaceAll("/$", "");
    }

    @Test
    void push_checks_and_publishes_and_what_was_published_comes_back() throws IOException {
        demo.publish(hub.person(Role.MEMBER), "past"); // and with it the base model
        Path adapter = DemoHub.open().adaptersFolder().resolve("un");
        run(hub.token(person, Scope.WRITE), "login", "--server", address);
        Ended pushed = run(
                "",
                "push",
                adapter.toString(),
                "--name",
                "un-of-mine",
                "--visibility",
                "private",
                "--title",
                "Prefix un-",
                "--summary",
                "Puts un before a word.",
                "--licence",
                "MIT",
                "--task",
                "spelling",
                "--language",
                "en");
        assertThat(pushed.code()).as(pushed.toString()).isZero();
        assertThat(pushed.out())
                .endsWith("Published %s/un-of-mine 1.0.0 (private): %s/%s/un-of-mine\n"
                        .formatted(person.name, address, person.name));
        assertThat(pushed.err()).contains("adapter_model.safetensors, ");
        assertThat(run(
                                "",
                                "pull",
                                person.name + "/un-of-mine",
                                "-o",
                                home.resolve("back").toString())
                        .code())
                .isZero();
        assertThat(home.resolve("back/adapter_model.safetensors"))
                .hasSameBinaryContentAs(adapter.resolve("adapter_model.safetensors"));
        assertThat(home.resolve("back/README.md"))
                .content()
                .contains("license: mit", "Prefix un-", "Puts un before a word.");
    }

    @Test
    void push_of_a_folder_makes_new_versions_that_keep_card_and_visibility() throws IOException {
        demo.publish(hub.person(Role.MEMBER), "past"); // and with it the base model
        Path adapter = Files.createDirectory(home.resolve("Un of Mine"));
        AdapterFiles files =
                AdapterFiles.of(DemoHub.open().adaptersFolder().resolve("un")).unique();
        for (var file : files.map().entrySet()) Files.write(adapter.resolve(file.getKey()), file.getValue());
        run(hub.token(person, Scope.WRITE), "login", "--server", address);
        String name = person.name + "/un-of-mine";
        Ended refused = run("", "push", adapter.toString());
        assertThat(refused.code()).as(refused.toString()).isEqualTo(ExitCode.USAGE);
        assertThat(refused.err())
                .startsWith("lorahub: A new adapter needs a title and a licence: give --title TEXT and"
                        + " --licence SPDX, such as MIT, or a README.md in the folder that has them.\n");
        Ended wrong = run("", "push", adapter.toString(), "--title", "Mine", "--licence", "no", "--version", "one");
        assertThat(wrong.code()).isEqualTo(ExitCode.INPUT);
        assertThat(wrong.err().lines())
                .hasSize(2)
                .anyMatch(line -> line.startsWith("lorahub: licence: "))
                .anyMatch(line -> line.startsWith("lorahub: version: "));
        Ended first =
                run("", "push", adapter.toString(), "--title", "Mine", "--licence", "MIT", "--visibility", "unlisted");
        assertThat(first.out()).as(first.toString()).contains("Published " + name + " 1.0.0 (unlisted)");
        assertThat(run("", "push", adapter.toString()))
                .isEqualTo(new Ended(
                        0,
                        "These are the files of %s 1.0.0, its newest version; nothing was sent or changed.\n"
                                .formatted(name),
                        ""));

        assertThat(run("", "push", adapter.toString(), "--visibility", "private", "--title", "Ours")
                        .out())
                .isEqualTo(
                        "These are the files of %s 1.0.0, its newest version; no file was sent, and the card was updated (private).\n"
                                .formatted(name));
        assertThat(run("", "push", adapter.toString(), "--visibility", "unlisted", "--json")
                        .out())
                .contains("\"title\":\"Ours\"", "\"visibility\":\"unlisted\"");

        Files.writeString(adapter.resolve("README.md"), "# Changed");
        Ended second = run("", "push", adapter.toString(), "--name", name, "--version", "1.2.0");

        assertThat(second.code()).as(second.toString()).isZero();
        assertThat(second.out()).contains("keeps its card", "Published " + name + " 1.2.0 (unlisted)");
    }

    @Test
    void a_mix_that_is_pushed_names_its_parts_by_its_recipe() {
        demo.publish(hub.person(Role.MEMBER), "un", "past");
        Path merged = home.resolve("merged");
        Ended made = run(
                "",
                "merge",
                "--demo",
                "un-past",
                "--adapter",
                "un=0.9",
                "--adapter",
                "past=%s".formatted(0.5 + person.id % 1000 / 1000.0),
                "--out",
                merged.toString());
        assertThat(made.code()).as(made.toString()).isZero();
        run(hub.token(person, Scope.WRITE), "login", "--server", address);

        Ended pushed = run("", "push", merged.toString(), "--title", "Both", "--licence", "MIT", "--json");

        assertThat(pushed.code()).as(pushed.toString()).isZero();
        assertThat(pushed.out()).as("examples and paths stay with their author").doesNotContain("recipe.json");
        String page = AsBrowser.given(hub.session(person))
                .get("/" + person.name + "/merged")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        assertThat(page).contains("/un?version=1.0.0", "/past?version=1.0.0", ">+0.900<");
        assertThat(run("", "push", merged.toString()).out()).contains("nothing was sent or changed");
    }

    @Test
    void push_ends_with_1_and_says_what_the_checks_found() throws IOException {
        Path adapter = Files.createDirectory(home.resolve("broken"));
        Files.writeString(adapter.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\"}");
        Files.write(adapter.resolve("adapter_model.safetensors"), new byte[100]);
        run(hub.token(person, Scope.WRITE), "login", "--server", address);
        Ended pushed = run("", "push", adapter.toString(), "--title", "Broken", "--licence", "MIT");
        assertThat(pushed.code()).as(pushed.toString()).isEqualTo(ExitCode.FINDINGS);
        assertThat(pushed.out()).contains("failed").containsPattern("Fix it at " + address + "/uploads/");
        Path other = Files.createDirectory(home.resolve("other-rank"));
        demo.publish(hub.person(Role.MEMBER), "past"); // and with it the base model
        AdapterFiles files = AdapterFiles.of(DemoHub.open().adaptersFolder().resolve("un"))
                .unique()
                .replacing("\"r\": 8", "\"r\": 9");
        for (var file : files.map().entrySet()) Files.write(other.resolve(file.getKey()), file.getValue());
        assertThat(run("", "push", other.toString(), "--title", "Other", "--licence", "MIT")
                        .out())
                .contains("more like these; --json lists all.");
        Path nameless = Files.createDirectory(home.resolve("---"));
        Files.writeString(nameless.resolve("adapter_config.json"), "{}");
        assertThat(run("", "push", nameless.toString()).code()).isEqualTo(ExitCode.USAGE);
        Ended nothing = run("", "push", home.resolve("none").toString(), "--name", "x");
        assertThat(nothing.code()).isEqualTo(ExitCode.INPUT);
        assertThat(nothing.err())
                .startsWith("lorahub: ")
                .endsWith(" doesn't exist.\n")
                .hasLineCount(1);
    }

    private Ended run(String input, String... words) {
        return Ended.run(home, input, words);
    }
}
