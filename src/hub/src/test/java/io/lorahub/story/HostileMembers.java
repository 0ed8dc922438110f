package io.lorahub.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AdapterBuilder;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.hostile.HostileText;
import io.lorahub.testsupport.routes.RouteFields;
import io.lorahub.uploadcheck.ModelChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jsoup.Jsoup;

/** Members who write a script into everything that takes text, in every possible way. */
@Singleton
class HostileMembers {

    private final Map<Long, String> sessions = new HashMap<>();

    private static final Duration SOON = Duration.ofSeconds(60);

    /** Where a name cannot hold a slash. */
    private static final String IN_NAME = HostileText.MARK + "-%s'\"><img src=x onerror=e()>";

    private final Hub hub;
    private final DemoOnHub demo;
    private final Set<String> texts = new TreeSet<>();

    Person owner;
    Person reader;
    Person spammer;
    String adapter;
    String mix;
    String baseModel;
    String upload;
    String run;
    String task;
    String ranking;

    HostileMembers(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    /** All that was written and can be shown. */
    Set<String> texts() {
        return texts;
    }

    void writeEverywhere(Path folder) {
        owner = hub.person(Role.ADMIN);
        reader = hub.person(Role.MEMBER);
        spammer = hub.person(Role.MEMBER);
        account();
        baseModel();
        draft(folder);
        publish(folder);
        judge();
        compose();
    }

    private String text(String place) {
        String text = HostileText.of(place);
        texts.add(text);
        return text;
    }

    private String name(String place) {
        String name = IN_NAME.formatted(place);
        texts.add(name);
        return name;
    }

    /** In one session, because a person has only so many, and the hostile one must stay. */
    RequestSpecification by(Person person) {
        return AsBrowser.given(sessions.computeIfAbsent(person.id, id -> hub.session(person)));
    }

    private RequestSpecification api() {
        return RestAssured.given().auth().oauth2(hub.token(owner, Scope.WRITE));
    }

    private static Response done(Response answer) {
        assertThat(answer.statusCode())
                .as(() -> Jsoup.parse(answer.asString()).text())
                .isBetween(200, 303);
        return answer;
    }

    private void account() {
        String email = HostileText.MARK + "-email'\"><script/src=//evil.example></script><img/src=x/onerror=e()>@x";
        texts.add(email);
        done(by(owner)
                .formParam("display_name", text("displayname"))
                .formParam("email", email)
                .formParam("about", text("about") + "\n\n[link](javascript:alert(1)) ![picture](//evil.example/x.png)")
                .post("/settings"));
        done(by(owner)
                .formParam("name", text("token"))
                .formParam("scope", "read")
                .formParam("days", "30")
                .post("/settings/tokens"));
        done(AsBrowser.given()
                .header("User-Agent", HostileText.of("useragent"))
                .formParam("name", owner.name)
                .formParam("password", Hub.PASSWORD)
                .post("/signin"));
        AsBrowser.given()
                .formParam("name", HostileText.MARK + "-try'><script>")
                .formParam("password", "wrong")
                .post("/signin");
    }

    private void baseModel() {
        baseModel = "evil/base-" + owner.id;
        done(by(owner)
                .formParam("name", baseModel)
                .formParam("folder", DemoHub.open().base().toString())
                .formParam("summary", text("basesummary"))
                .formParam("licence", text("baselicence"))
                .post("/admin/base-models"));
        ModelChecks.awaitModel(baseModel);
    }

    /** An upload that fails its checks, with a card full of faults. */
    private void draft(Path folder) {
        Path files = AdapterBuilder.anAdapter()
                .with("base_model_name_or_path", quoted(name("badbase")))
                .with("peft_type", quoted(HostileText.of("pefttype")))
                .in(folder, "bad");
        upload = upload(name("folder"), files, name("ignored") + ".txt");
        RequestSpecification form = by(owner).formParam("do", "save");
        for (RouteFields.Field field : RouteFields.ofForm("POST", "/uploads/{id}")) {
            if (!Set.of("do", "publisher", "adapter", "derivatives").contains(field.name())) {
                form.formParam(field.name(), text("d-" + field.name().toLowerCase()));
            }
        }
        done(form.post("/uploads/" + upload));
        // Choices without an option of this name; notes exist only for a new version.
        Set.of("d-visibility", "d-licence", "d-notes").forEach(place -> texts.remove(HostileText.of(place)));
        // Split into words.
        Set.of("d-tags", "d-languages").forEach(place -> texts.remove(HostileText.of(place)));
    }

    private void publish(Path folder) {
        Path files = AdapterBuilder.anAdapter()
                .with("base_model_name_or_path", quoted("evil/unknown"))
                .adapting("q", name("module"))
                .in(folder, "good");
        String passed = upload("hostile", files, "notes.txt");
        done(by(owner)
                .formParam("do", "publish")
                .formParam("name", "hostile")
                .formParam("visibility", "public")
                .formParam("licence", "MIT")
                .formParam("tags", "spelling")
                .formParam("languages", "en")
                .formParam("title", text("title"))
                .formParam("summary", text("summary"))
                .formParam("description", text("description") + "\n\n[link](javascript:alert(1)) <svg onload=e()>")
                .formParam("training_data", text("trainingdata"))
                .formParam("intended_use", text("intendeduse"))
                .formParam("example_input", text("examplein"))
                .formParam("example_output", text("exampleout"))
                .formParam("notes", text("notes"))
                .post("/uploads/" + passed));
        adapter = owner.name + "/hostile";
    }

    private void judge() {
        Person moderator = hub.person(Role.MODERATOR);
        done(by(moderator)
                .formParam("action", "ask-for-changes")
                .formParam("reason", text("decision"))
                .formParam("edition", edition())
                .post("/moderation/cases/" + adapter));
        done(by(reader)
                .formParam("category", "other")
                .formParam("text", text("report"))
                .post("/" + adapter + "/report"));
        done(by(owner).formParam("text", text("appeal")).post("/" + adapter + "/appeal"));
        done(by(moderator).formParam("reason", text("ban")).post("/moderation/members/" + spammer.name + "/ban"));
    }

    private int edition() {
        return QuarkusTransaction.requiringNew()
                .call(() -> Adapter.at(owner.name, "hostile").orElseThrow().edition);
    }

    private void compose() {
        List<String> candidates = demo.publish(reader, "un", "past");
        Response started = done(api().contentType(ContentType.JSON)
                .header("Idempotency-Key", HostileText.of("key"))
                .body(Map.of(
                        "title", text("runtitle"),
                        "description", text("rundescript"),
                        "candidates", candidates,
                        "budget", 8,
                        "examples", List.of(Map.of("input", text("exinput"), "output", text("exoutput"))),
                        "held_out", List.of(Map.of("input", text("heldinput"), "output", text("heldoutput")))))
                .post("/api/v1/runs"));
        run = started.path("id");
        await().atMost(SOON)
                .until(() -> List.of("succeeded", "failed")
                        .contains(api().get("/api/v1/runs/" + run).path("state").toString()));
        assertThat(api().get("/api/v1/runs/" + run).path("state").toString()).isEqualTo("succeeded");
        String tried = done(by(owner).formParam("input", text("playground")).post("/runs/" + run + "/result/try"))
                .header("Location");
        task = tried.replaceAll(".*task=([^#]*)#.*", "$1");
        await().atMost(SOON)
                .until(() -> !by(owner)
                        .get("/runs/" + run + "/result?task=" + task)
                        .asString()
                        .contains("http-equiv"));
        ranking = done(by(owner).formParam("input", text("unlabelled")).post("/runs/" + run + "/label"))
                .header("Location")
                .replaceAll("#.*", "");
        await().atMost(SOON).until(() -> !by(owner).get(ranking).asString().contains("http-equiv"));
        String way = done(by(owner)
                        .formParam("name", "hostile-mix")
                        .formParam("visibility", "public")
                        .formParam("title", text("mixtitle"))
                        .formParam("summary", text("mixsummary"))
                        .formParam("description", text("mixdescript"))
                        .formParam("recipe", "on")
                        .post("/runs/" + run + "/publish"))
                .header("Location");
        await().atMost(SOON).until(() -> by(owner).get(way + "/checks").statusCode() == 204);
        mix = owner.name + "/hostile-mix";
        RequestSpecification form = by(owner).multiPart("do", "keep");
        for (RouteFields.Field field : RouteFields.ofForm("POST", "/compose/draft")) {
            if (!Set.of("do", "from", "suggestion").contains(field.name())) {
                form.multiPart(field.name(), HostileText.of("c-" + field.name()));
            }
        }
        done(form.post("/compose/draft"));
        List.of("title", "description", "input", "output", "held_out", "listed", "why", "budget", "seed")
                .forEach(field -> text("c-" + field));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\\\"") + '"';
    }

    /** Sends files of an adapter, with a README, in a folder of this name; waits for the checks. */
    private String upload(String folder, Path files, String ignored) {
        try {
            Files.writeString(files.resolve("README.md"), readme());
            List<Map<String, Object>> sent = new ArrayList<>();
            List<String> names = List.of("README.md", "adapter_config.json", "adapter_model.safetensors");
            for (String name : names)
                sent.add(Map.of("name", folder + "/" + name, "size", Files.size(files.resolve(name))));
            sent.add(Map.of("name", folder + "/" + ignored, "size", 5));
            Response announced = done(api().contentType(ContentType.JSON)
                    .body(Map.of("files", sent))
                    .post("/api/v1/uploads"));
            String id = announced.path("uploads[0].id");
            for (String name : names) {
                done(api().contentType("application/partial-upload")
                        .header("Upload-Offset", 0)
                        .body(Files.readAllBytes(files.resolve(name)))
                        .patch("/api/v1/uploads/" + id + "/files/" + name));
            }
            await().atMost(SOON)
                    .until(() ->
                            !api().get("/api/v1/uploads/" + id).path("state").equals("checking"));
            return id;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String readme() {
        return "---\ntitle: \"" + HostileText.MARK
                + "<script src=//evil.example></script>\"\nlicense: <b>mit</b>\n---\n# " + HostileText.of("readme")
                + "\n\n" + HostileText.MARKUP + "\n";
    }
}
