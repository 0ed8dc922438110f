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
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands that talk to a hub, each in its own process and home folder, as the launcher starts them. */
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
    }

    @Test
    void login_keeps_a_token_that_the_hub_knows_and_logout_forgets_it() {
        Ended refused = run("lh_nonsense\n", "login", "--server", address);
        assertThat(refused.code()).isEqualTo(ExitCode.INPUT);
        assertThat(refused.err())
                .startsWith(
                        "lorahub: The hub doesn't accept this token. Create one on its page Settings, Access tokens");
        assertThat(home.resolve("lorahub/login.json")).doesNotExist();

        String token = hub.token(person, Scope.READ);
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
    void search_shows_a_table_or_json() throws IOException {
        String name = demo.publish(person, "un").get(0);
        Ended table = run("", "search", "--publisher", person.name, "--server", address);
        assertThat(table.err()).isEmpty();
        assertThat(table.out()).contains("ADAPTER", name, "Prefix un-");
        assertThat(table.out().lines()).allMatch(line -> line.length() <= 80);
        JsonNode json = JSON.readTree(run("", "search", "--publisher", person.name, "--json", "--server", address)
                .out());
        assertThat(json.path("total").asInt()).isEqualTo(1);
        assertThat(json.path("items").path(0).path("base_model").asText()).isEqualTo("lorahub/demo-base");
        assertThat(run("", "search", "qwxyz", "--server", address).out())
                .contains("Nothing was found", "Only public adapters are searched.");
        assertThat(run("", "search", "--limit", "100", "--sort", "Newest", "--server", address)
                        .code())
                .isZero();
    }

    @Test
    void chat_prints_what_a_model_of_the_hub_writes() throws IOException {
        String name = demo.publish(person, "un").get(0);
        run(hub.token(person, Scope.READ) + "\n", "login", "--server", address);

        assertThat(run("", "chat", name, "--message", "lock", "--temperature", "0"))
                .isEqualTo(new Ended(0, "unlock\n", ""));
        assertThat(run("happy\n", "chat", name + ":1", "--temperature", "0").out())
                .isEqualTo("unhappy\n");
        JsonNode json = JSON.readTree(run("", "chat", name, "--message", "lock", "--temperature", "0", "--json")
                .out());
        assertThat(json.at("/choices/0/message/content").asText()).isEqualTo("unlock");
        Ended unknown = run("", "chat", "nobody/nothing", "--message", "lock");
        assertThat(unknown.code()).isEqualTo(ExitCode.INPUT);
        assertThat(unknown.err()).contains("There is no model 'nobody/nothing'");
        assertThat(run("", "chat", name, "--message", " ").code()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void generate_prints_what_a_model_of_the_hub_writes() throws IOException {
        String name = demo.publish(person, "un").get(0);
        run(hub.token(person, Scope.READ) + "\n", "login", "--server", address);

        String[] command = {"generate", "--model", name, "--input", "lock", "--input", "happy"};
        assertThat(run("", command)).isEqualTo(new Ended(0, "unlock\nunhappy\n", ""));
        assertThat(run("lock\nhappy\n", "generate", "--model", name + ":1", "--stream", "--prompt", "plain"))
                .isEqualTo(new Ended(0, "unlock\nunhappy\n", ""));
        JsonNode json = JSON.readTree(
                run("lock\n", "generate", "--model", name, "--json").out());
        assertThat(json.at("/outputs/0/output").asText()).isEqualTo("unlock");
        Ended unknown = run("lock\n", "generate", "--model", "nobody/nothing");
        assertThat(unknown.code()).isEqualTo(ExitCode.INPUT);
        assertThat(unknown.err()).contains("There is no model 'nobody/nothing'");
        Ended template = run("lock\n", "generate", "--model", name, "--prompt", "{input}={output}");
        assertThat(template.err()).contains("With --model, --prompt is chat or plain.");
    }

    @Test
    void pull_makes_a_folder() {
        String name = demo.publish(person, "un").get(0);
        Ended pulled = run("", "pull", name, "--output", home.resolve("got").toString(), "--server", address);
        assertThat(pulled.out()).isEqualTo("%s 1.0.0 is in %s.\n".formatted(name, home.resolve("got")));
        assertThat(home.resolve("got/adapter_model.safetensors"))
                .hasSameBinaryContentAs(
                        DemoHub.open().adaptersFolder().resolve("un").resolve("adapter_model.safetensors"));
        assertThat(run("", "pull", "nonsense").code()).isEqualTo(ExitCode.USAGE);
    }

    private Ended run(String input, String... words) {
        return Ended.run(home, input, words);
    }
}
