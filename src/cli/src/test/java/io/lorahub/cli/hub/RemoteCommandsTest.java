package io.lorahub.cli.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.basemodel.registration.BaseModelRegistrations;
import io.lorahub.cli.Ended;
import io.lorahub.cli.Run;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.composition.CompositionRun;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.WithUploadChecks;
import io.lorahub.uploadcheck.ModelChecks;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The commands that talk to a hub, each in its own process and home folder, as the launcher starts them. What doesn't
 * depend on that is tried in this process.
 */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RemoteCommandsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Hub hub;
    private final DemoOnHub demo;
    private final FinishedRuns finished;
    private final BaseModelRegistrations registrations;

    @TestHTTPResource
    URI server;

    @TempDir
    Path home;

    private Person person;
    private String address;
    private String token;

    RemoteCommandsTest(Hub hub, DemoOnHub demo, FinishedRuns finished, BaseModelRegistrations registrations) {
        this.hub = hub;
        this.demo = demo;
        this.finished = finished;
        this.registrations = registrations;
    }

    @BeforeEach
    void name() {
        person = hub.person(Role.MEMBER);
        address = server.toString().replaceAll("/$", "");
        token = hub.token(person, Scope.READ);
    }

    @Test
    void login_keeps_a_token_that_the_hub_knows_and_logout_forgets_it() {
        Ended refused = run("lh_nonsense\n", "login", "--server", address);
        assertThat(refused.code()).isEqualTo(ExitCode.INPUT);
        assertThat(refused.err())
                .startsWith(
                        "lorahub: The hub doesn't accept this token. Create one on its page Settings, Access tokens");
        assertThat(home.resolve("lorahub/login.json")).doesNotExist();

        Ended in = run(token + "\n", "login", "--server", address);
        assertThat(in)
                .isEqualTo(new Ended(
                        0, "Signed in to %s as %s; the token can read.\n".formatted(address, person.name), ""));
        assertThat(home.resolve("lorahub/login.json")).content().contains(token);

        assertThat(run("", "logout").out()).isEqualTo("Deleted the token for %s.\n".formatted(address));
        assertThat(home.resolve("lorahub/login.json")).content().doesNotContain(token);
    }

    @Test
    void compose_runs_on_the_hub_and_shows_what_came_out() throws IOException {
        List<String> names = demo.publish(person, "un", "past");
        run(hub.token(person, Scope.WRITE) + "\n", "login", "--server", address);
        Path examples = DemoHub.open().task("un-past").fewShotFile(1);
        Ended ended = run(
                "",
                "compose",
                "--remote",
                "--candidate",
                names.get(0),
                "--candidate",
                names.get(1) + "@1.0.0",
                "--examples",
                examples.toString(),
                "--title",
                "from afar",
                "--budget",
                "12");
        assertThat(ended.err()).contains("The run is at " + address + "/runs/", "succeeded, ");
        assertThat(ended.out()).contains("Weights", names.get(0), "/result");
        assertThat(ended.code()).isZero();

        String id = ended.err().replaceAll("(?s).*/runs/(\\S+).*", "$1");
        assertThat(ended.out()).contains("lorahub runs download " + id);
        assertThat(run("", "runs", "list").out()).startsWith(id + "  succeeded").endsWith("  from afar\n");
        assertThat(run("", "runs", "watch", id).out()).contains("Weights", names.get(0));
        Path folder = home.resolve("merged");
        Ended fetched = run("", "runs", "download", id, "-o", folder.toString());
        assertThat(fetched.code()).as(fetched.err()).isZero();
        assertThat(folder)
                .isDirectoryContaining("glob:**/adapter_model.safetensors")
                .isDirectoryContaining("glob:**/recipe.json");
        Ended late = run("", "runs", "cancel", id);
        assertThat(late.code()).isEqualTo(ExitCode.INPUT);
        assertThat(run("", "runs", "watch", "nonsense").code()).isEqualTo(ExitCode.USAGE);

        Ended refused = run("", "compose", "--remote", "--candidate", "no/such", "--examples", examples.toString());
        assertThat(refused.code()).isEqualTo(ExitCode.INPUT);
        assertThat(refused.err()).contains("There is no adapter no/such.");
    }

    @Test
    void compose_on_the_hub_fetches_the_mix_and_ends_with_1_where_one_adapter_alone_is_better() throws IOException {
        List<String> names = demo.publish(person, "un", "past", "re", "anti");
        run(hub.token(person, Scope.WRITE) + "\n", "login", "--server", address);
        Path merged = home.resolve("merged");
        List<String> line =
                new ArrayList<>(List.of("compose", "--remote", "--budget", "2", "--out", merged.toString()));
        line.addAll(List.of("--json", "--examples"));
        line.add(DemoHub.open().task("un-past").fewShotFile(1).toString());
        names.forEach(name -> line.addAll(List.of("--candidate", name)));

        Ended ended = run("", line.toArray(String[]::new));

        assertThat(ended.code()).as(ended.toString()).isEqualTo(ExitCode.FINDINGS);
        JsonNode run = JSON.readTree(ended.out());
        String better = run.at("/result/better_single").asText();
        assertThat(better).isEqualTo(run.at("/result/best_single/name").asText());
        assertThat(ended.err())
                .contains("The result is in " + merged)
                .contains(better + " alone does better than the mix that was written to " + merged);
        assertThat(merged.resolve("adapter_model.safetensors")).isRegularFile();
        assertThat(merged.resolve("recipe.json")).content().contains(names.get(0));

        String id = run.path("id").asText();
        assertThat(run("", "runs", "watch", id).code()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run("", "runs", "watch", id, "--accept-worse").code()).isZero();
    }

    @Test
    void a_recipe_of_the_hub_ends_at_the_same_weights_elsewhere() throws IOException {
        CompositionRun done = finished.of(person, 4, "un", "past", "re");
        byte[] file = AsBrowser.given(hub.session(person))
                .get("/runs/%s/files/recipe.json".formatted(done.id))
                .then()
                .statusCode(200)
                .extract()
                .asByteArray();
        Path recipe = Files.write(home.resolve("recipe.json"), file);
        JsonNode first = JSON.readTree(file).at("/adapters/0");
        assertThat(first.path("address").asText())
                .isEqualTo(done.candidates.get(0).address() + "@1.0.0");

        Ended fetched = run("", "replay", recipe.toString(), "--server", address);
        assertThat(fetched.code()).as(fetched.toString()).isZero();
        assertThat(fetched.out()).contains("The run ends at the same weights");

        Path adapters = DemoHub.open().adaptersFolder();
        Ended given = run("", "replay", recipe.toString(), "--adapters", adapters.toString());
        assertThat(given.code()).as(given.toString()).isZero();

        Ended missing = run(
                "",
                "replay",
                recipe.toString(),
                "--adapters",
                adapters.resolve("un").toString());
        assertThat(missing.code()).isEqualTo(ExitCode.INPUT);
        assertThat(missing.err())
                .startsWith("lorahub: 2 of the recipe's 3 adapters are missing: ")
                .contains(
                        done.candidates.get(1).address(), done.candidates.get(2).address())
                .doesNotContain(first.path("name").asText())
                .hasLineCount(1);
    }

    @Test
    void the_base_model_of_a_recipe_is_fetched_from_its_hub() throws IOException {
        String name = "lab/base-" + person.id;
        hub.actAs(hub.person(Role.ADMIN));
        registrations.queue(name, "", "MIT", DemoHub.open().base().toString());
        ModelChecks.awaitModel(name);
        hub.actAs(null);
        CompositionRun done = finished.of(person, 0, "un", "past");
        ObjectNode json = (ObjectNode) JSON.readTree(AsBrowser.given(hub.session(person))
                .get("/runs/%s/files/recipe.json".formatted(done.id))
                .asByteArray());
        ((ObjectNode) json.get("base")).put("name", name);
        Path recipe = Files.write(home.resolve("of-lab.json"), JSON.writeValueAsBytes(json));

        Ended fetched = run("", "replay", recipe.toString(), "--server", address);

        assertThat(fetched.code()).as(fetched.toString()).isZero();
        assertThat(fetched.err())
                .contains("downloading the base model " + name + " from " + address, " MB; it is kept in ");
        assertThat(fetched.out()).contains("The run ends at the same weights");
        Ended again = run("", "replay", recipe.toString(), "--server", address);
        assertThat(again.code()).as(again.toString()).isZero();
        assertThat(again.err()).as("it is in the cache").doesNotContain("fetching the base model");

        ((ObjectNode) json.at("/base/files")).put("model.safetensors", "0".repeat(64));
        Files.write(recipe, JSON.writeValueAsBytes(json));
        Ended another = run("", "replay", recipe.toString(), "--server", address);
        assertThat(another.code()).isEqualTo(ExitCode.INPUT);
        assertThat(another.err()).contains("doesn't offer the recipe's");
    }

    @Test
    void a_chat_with_a_system_text_is_composed_on_the_hub_and_its_recipe_replayed_here() throws IOException {
        String system = "Answer with one word.";
        List<String> names = demo.publishCausal(person, "lab/chat-" + person.id, Reference.path("causal/models/llama"));
        run(hub.token(person, Scope.WRITE) + "\n", "login", "--server", address);
        Path merged = home.resolve("chat");
        List<String> line =
                new ArrayList<>(List.of("compose", "--remote", "--budget", "8", "--out", merged.toString()));
        line.addAll(List.of("--prompt", "chat", "--system", system, "--accept-worse", "--max-new-tokens", "4"));
        Path examples = Files.writeString(home.resolve("examples.csv"), "input,output\nlock,unlocked\nfold,unfolded\n");
        line.addAll(List.of("--examples", examples.toString()));
        names.forEach(name -> line.addAll(List.of("--candidate", name)));

        Ended composed = run("", line.toArray(String[]::new));
        assertThat(composed.code()).as(composed.toString()).isZero();
        JsonNode recipe = JSON.readTree(merged.resolve("recipe.json").toFile());
        assertThat(recipe.at("/prompt/format").asText()).isEqualTo("chat");
        assertThat(recipe.at("/prompt/system").asText()).isEqualTo(system);

        Ended replayed = run("", "replay", merged.resolve("recipe.json").toString(), "--server", address);
        assertThat(replayed.code()).as(replayed.toString()).isZero();
        assertThat(replayed.out()).contains("The run ends at the same weights");
    }

    @Test
    void search_shows_a_table_or_json() {
        String name = demo.publish(person, "un").get(0);
        demo.publish(person, "past");
        Run table = here("search", "--publisher", person.name);
        assertThat(table.err()).isEmpty();
        assertThat(table.out()).contains("ADAPTER", name, "Prefix un-");
        assertThat(table.out().lines()).allMatch(line -> line.length() <= 80);
        JsonNode json =
                here("search", "prefix", "--publisher", person.name, "--json").json();
        assertThat(json.path("total").asInt()).isEqualTo(2);
        assertThat(json.path("items").path(0).path("base_model").asText()).isEqualTo("lorahub/demo-base");
        assertThat(here("search", "--publisher", person.name, "--limit", "1").out())
                .contains("1 of 2; raise --limit to see more");
        assertThat(here("search", "qwxyz").out()).contains("Nothing was found", "Only public adapters are searched.");
        assertThat(here("search", "--limit", "100", "--sort", "Newest").code()).isZero();
        Run none = here("search", "--limit", "0");
        assertThat(none.code()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("--limit must be from 1 to 100, but is 0.");
    }

    @ParameterizedTest
    @CsvSource({
        "--base, lorahub/demo-base, lorahub/none",
        "--task, spelling, summarization",
        "--licence, MIT, Apache-2.0",
        "--rank, 8, 16",
        "--module, q, k",
        "--language, en, de"
    })
    void search_filters(String option, String own, String other) {
        demo.publish(person, "un");
        assertThat(here("search", "--publisher", person.name, option, own).out())
                .contains("Prefix un-");
        assertThat(here("search", "--publisher", person.name, option, other).out())
                .contains("Nothing was found");
    }

    @Test
    void chat_prints_what_a_model_of_the_hub_writes() {
        String name = demo.publish(person, "un").get(0);
        run(hub.token(person, Scope.READ) + "\n", "login", "--server", address);
        assertThat(run("", "chat", name, "--message", "lock", "--temperature", "0"))
                .isEqualTo(new Ended(0, "unlock\n", ""));

        assertThat(reading("happy\n", "chat", name + ":1", "--temperature", "0").out())
                .isEqualTo("unhappy\n");
        JsonNode json = here("chat", name, "--message", "lock", "--temperature", "0", "--json")
                .json();
        assertThat(json.at("/choices/0/message/content").asText()).isEqualTo("unlock");
        JsonNode cut = here("chat", name, "--message", "lock", "--max-tokens", "1", "--json")
                .json();
        assertThat(cut.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        Run unknown = here("chat", "nobody/nothing", "--message", "lock");
        assertThat(unknown.code()).isEqualTo(ExitCode.INPUT);
        assertThat(unknown.err()).contains("There is no model 'nobody/nothing'");
        Run hot = here("chat", name, "--message", "lock", "--temperature", "3");
        assertThat(hot.code()).isEqualTo(ExitCode.INPUT);
        assertThat(hot.err()).contains("'temperature' must be a number from 0 to 2.");
        Run system = here("chat", name, "--message", "lock", "--system", "Shout.");
        assertThat(system.code()).isEqualTo(ExitCode.INPUT);
        assertThat(system.err()).contains("one message");
        assertThat(here("chat", name, "--message", " ").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void the_seed_of_a_chat_decides_what_is_drawn() {
        String name = demo.publish(person, "un").get(0);
        String[] command = {"chat", name, "--message", "lock", "--temperature", "2", "--seed"};
        Run one = here(command, "1");
        assertThat(here(command, "1")).isEqualTo(one);
        assertThat(IntStream.range(2, 8).mapToObj(seed -> here(command, seed))).anyMatch(other -> !other.equals(one));
    }

    @Test
    void generate_prints_what_a_model_of_the_hub_writes() {
        String name = demo.publish(person, "un").get(0);

        String[] command = {"generate", "--model", name, "--input", "lock", "--input", "happy"};
        assertThat(here((Object) command)).isEqualTo(new Run(0, "unlock\nunhappy\n", ""));
        assertThat(reading("lock\nhappy\n", "generate", "--model", name + ":1", "--stream", "--prompt", "plain"))
                .isEqualTo(new Run(0, "unlock\nunhappy\n", ""));
        JsonNode json = reading("lock\n", "generate", "--model", name, "--json").json();
        assertThat(json.at("/outputs/0/output").asText()).isEqualTo("unlock");
        String[] drawn = {"--temperature", "2", "--seed", "5"};
        assertThat(here(command, drawn)).isEqualTo(here(command, drawn));
        Run unknown = reading("lock\n", "generate", "--model", "nobody/nothing");
        assertThat(unknown.code()).isEqualTo(ExitCode.INPUT);
        assertThat(unknown.err()).contains("There is no model 'nobody/nothing'");
        Run template = reading("lock\n", "generate", "--model", name, "--prompt", "{input}={output}");
        assertThat(template.err()).contains("With --model, --prompt is chat or plain.");
        Run nothing = reading("", "generate", "--model", name);
        assertThat(nothing.code()).isEqualTo(ExitCode.USAGE);
        assertThat(nothing.err()).contains("There is no input; give it with --input TEXT, or pipe lines in.");
    }

    @Test
    void pull_makes_a_folder() {
        String name = demo.publish(person, "un").get(0);
        Path folder = home.resolve("got");
        Ended pulled = run("", "pull", name, "--output", folder.toString(), "--server", address);
        assertThat(pulled.out()).isEqualTo("%s 1.0.0 is in %s.\n".formatted(name, folder));
        assertThat(folder.resolve("adapter_model.safetensors"))
                .hasSameBinaryContentAs(
                        DemoHub.open().adaptersFolder().resolve("un").resolve("adapter_model.safetensors"));

        assertThat(here("pull", name, "-o", folder).out())
                .isEqualTo("%s 1.0.0 is already in %s.\n".formatted(name, folder));
        JsonNode json =
                here("pull", name, "-o", home.resolve("again"), "--json").json();
        assertThat(json.path("version").asText()).isEqualTo("1.0.0");
        assertThat(json.path("sha256").has("adapter_model.safetensors")).isTrue();
        assertThat(json.path("fetched").asLong()).isGreaterThan(100_000);
        assertThat(here("pull", "nonsense").code()).isEqualTo(ExitCode.USAGE);
        Run unknown = here("pull", person.name + "/none", "-o", home.resolve("none"));
        assertThat(unknown.code()).isEqualTo(ExitCode.INPUT);
        assertThat(home.resolve("none")).doesNotExist();
    }

    @Test
    void commands_about_runs_say_what_they_need() {
        assertThat(here("runs", "list").out()).isEqualTo("You have no such runs.\n");
        assertThat(here("runs", "list", "--json").json().path("runs")).isEmpty();
        Run none = Run.of("runs");
        assertThat(none.code()).isEqualTo(ExitCode.USAGE);
        assertThat(none.err()).contains("list, watch, cancel or download");
        Run unnamed = here("runs", "cancel", "nonsense");
        assertThat(unnamed.code()).isEqualTo(ExitCode.USAGE);
        assertThat(unnamed.err()).contains("isn't the ID of a run");
        for (String command : List.of("watch", "cancel")) {
            Run unknown = here("runs", command, UUID.randomUUID());
            assertThat(unknown.code()).as(command).isEqualTo(ExitCode.INPUT);
            assertThat(unknown.err()).as(command).startsWith("lorahub: The hub refused");
        }
    }

    private Ended run(String input, String... words) {
        return Ended.run(home, input, words);
    }

    /** In this process, for what doesn't depend on a home folder. */
    private Run here(Object... words) {
        return reading("", words);
    }

    private Run reading(String input, Object... words) {
        return Run.reading(
                input,
                Stream.concat(Stream.of(words), Stream.of("--server", address, "--token", token))
                        .toArray());
    }
}
