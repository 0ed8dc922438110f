package io.lorahub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.composition.CompositionRun;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.testsupport.hostile.HostileText;
import io.lorahub.testsupport.routes.PermissionTable;
import io.lorahub.testsupport.routes.PermissionTable.Row;
import io.lorahub.testsupport.routes.PermissionThings;
import io.lorahub.testsupport.routes.Route;
import io.lorahub.testsupport.routes.RouteFields;
import io.lorahub.testsupport.routes.RouteFields.Field;
import io.lorahub.testsupport.routes.RouteFields.Place;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.ws.rs.core.MediaType;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every field of every form, address and JSON body, as the handlers declare them, with malicious text: nothing breaks,
 * no page treats it as markup, no header is made from it.
 */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@Settings({
    "lorahub.composition.queued=100000",
    "lorahub.tasks.waiting=100000",
    "lorahub.tasks.per-minute=100000",
    "lorahub.upload.open-per-member=100000",
    "lorahub.moderation.open-reports=100000"
})
class HostileFieldsTest {

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    private static final List<Row> TABLE = PermissionTable.read();
    private static final Pattern PLACEHOLDER = Pattern.compile("[{](\\w+)}");

    /** Refused requests come first, because a successful one can use up its object. */
    private static final List<String> TEXTS = List.of(
            HostileText.NUL, HostileText.LONG, "99999999999999999999", HostileText.CONTROLS, HostileText.MARKUP);

    /** Of the values of the other fields, by name. */
    private static final Map<String, String> SOUND = Map.ofEntries(
            Map.entry("category", "copy"),
            Map.entry("action", "approve"),
            Map.entry("reason", "Because."),
            Map.entry("text", "A text."),
            Map.entry("edition", "0"),
            Map.entry("scope", "read"),
            Map.entry("days", "30"),
            Map.entry("role", "member"),
            Map.entry("theme", "dark"),
            Map.entry("title", "A title"),
            Map.entry("licence", "MIT"),
            Map.entry("visibility", "private"),
            Map.entry("input", "lock"),
            Map.entry("output", "unlock"),
            Map.entry("examples[].input", "lock"),
            Map.entry("examples[].output", "unlock"),
            Map.entry("files[].name", "adapter_config.json"),
            Map.entry("files[].size", "2"),
            Map.entry("budget", "1"),
            Map.entry("base_model", DemoHub.BASE_MODEL),
            Map.entry("do", "start"),
            Map.entry("rank", "2"),
            Map.entry("name", "a-name"));

    private final Hub hub;
    private final PermissionThings things;
    private final FinishedRuns runs;
    private final DemoOnHub demo;

    private Person owner;
    private CompositionRun finished;
    private String candidate;

    HostileFieldsTest(Hub hub, PermissionThings things, FinishedRuns runs, DemoOnHub demo) {
        this.hub = hub;
        this.things = things;
        this.runs = runs;
        this.demo = demo;
    }

    @BeforeEach
    void sign_in() {
        owner = hub.person(Role.ADMIN);
        candidate = demo.publish(hub.person(Role.MEMBER), "un").get(0);
        finished = runs.over(owner, 2, List.of(candidate));
        hub.actAs(owner);
    }

    @Test
    void no_field_breaks_a_request_or_a_page() {
        List<String> faults = new ArrayList<>();
        int fields = 0;
        for (Route route : Route.all()) {
            for (Field field : RouteFields.of(route)) {
                fields++;
                String path = fill(route.path());
                for (String text : TEXTS) {
                    if (!fits(field, text)) continue;
                    String where = "%s %s, %s".formatted(route.method(), route.path(), field.name());
                    check(where, text, send(route, path, field, text), faults);
                }
            }
        }

        assertEquals("", String.join("\n", faults));
        assertTrue(fields > 200, "Only %d fields were found.".formatted(fields));
    }

    @Test
    void no_part_of_a_path_breaks_a_page() {
        List<String> faults = new ArrayList<>();
        for (Route route : Route.all()) {
            Matcher placeholder = PLACEHOLDER.matcher(route.path());
            while (placeholder.find()) {
                for (String text : List.of(HostileText.MARKUP, HostileText.CONTROLS + HostileText.NUL)) {
                    String path = replaced(route.path(), placeholder.group(), text);
                    Response answer = body(as(route).urlEncodingEnabled(false), route, Map.of())
                            .request(route.method(), path);
                    check(route.method() + " " + route.path() + ", " + placeholder.group(), text, answer, faults);
                }
            }
        }

        assertEquals("", String.join("\n", faults));
    }

    /** A path of existing things, except for one. */
    private String replaced(String path, String placeholder, String text) {
        String[] segments = path.split("/", -1);
        String[] filled = fill(path).split("/", -1);
        for (int i = 0; i < segments.length; i++) {
            if (segments[i].contains(placeholder)) filled[i] = segments[i].replace(placeholder, encoded(text));
        }
        return String.join("/", filled);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Neither addresses nor headers are so long, and a client sends no header of other characters. */
    private static boolean fits(Field field, String text) {
        return switch (field.place()) {
            case FORM, JSON -> true;
            case QUERY -> text.length() < 1000;
            case HEADER -> text.length() < 1000 && text.chars().allMatch(c -> c >= ' ' && c <= '~');
        };
    }

    private Response send(Route route, String path, Field field, String text) {
        RequestSpecification request = as(route).urlEncodingEnabled(false);
        return switch (field.place()) {
            case QUERY ->
                body(request, route, Map.of()).request(route.method(), path + "?" + field.name() + "=" + encoded(text));
            case HEADER ->
                body(request, route, Map.of()).header(field.name(), text).request(route.method(), path);
            case FORM, JSON ->
                body(request.urlEncodingEnabled(true), route, Map.of(field, text))
                        .request(route.method(), path);
        };
    }

    /** All values that the route takes, valid except for the given one. */
    private RequestSpecification body(RequestSpecification request, Route route, Map<Field, String> given) {
        if (List.of("GET", "HEAD").contains(route.method())) return request;
        List<Field> fields = RouteFields.of(route).stream()
                .filter(field -> field.place() == Place.FORM || field.place() == Place.JSON)
                .toList();
        switch (route.consumes()) {
            case MediaType.APPLICATION_JSON ->
                request.contentType(route.consumes()).body(json(fields, given));
            case MediaType.MULTIPART_FORM_DATA -> {
                request.multiPart("nothing", "");
                for (Field field : fields) {
                    String value = given.getOrDefault(field, sound(field.name()));
                    if (value != null) request.multiPart(field.name(), value);
                }
            }
            case MediaType.APPLICATION_FORM_URLENCODED -> {
                request.contentType(route.consumes());
                for (Field field : fields) {
                    String value = given.getOrDefault(field, sound(field.name()));
                    if (value != null) request.formParam(field.name(), value);
                }
            }
            default -> request.contentType(route.consumes()).body(new byte[] {1, 2});
        }
        return request;
    }

    /** null where nothing is sent. */
    private String sound(String name) {
        if (List.of("candidates", "candidate", "listed", "adapter").contains(name)) return candidate;
        return SOUND.get(name);
    }

    private String json(List<Field> fields, Map<Field, String> given) {
        ObjectNode body = JSON.createObjectNode();
        for (Field field : fields) {
            String value = given.getOrDefault(field, sound(field.name()));
            if (value == null || field.name().equals("adapter") && !given.containsKey(field)) continue;
            int list = field.name().indexOf("[].");
            ObjectNode target = body;
            String name = field.name();
            if (list > 0) {
                ArrayNode all = body.withArray(name.substring(0, list));
                target = all.isEmpty() ? all.addObject() : (ObjectNode) all.get(0);
                name = name.substring(list + 3);
            }
            if (field.many()) target.putArray(name).add(value);
            else target.put(name, value);
        }
        try {
            return JSON.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private RequestSpecification as(Route route) {
        boolean stranger = List.of("/register", "/signin", "/reset-password", "/first-admin").stream()
                .anyMatch(route.path()::startsWith);
        return stranger ? AsBrowser.given() : AsBrowser.given(hub.session(owner));
    }

    private String fill(String path) {
        String of = TABLE.stream()
                .filter(row -> row.path().equals(path))
                .map(Row::of)
                .findFirst()
                .orElse("");
        return things.fill(path, of, owner, finished);
    }

    private static void check(String where, String text, Response answer, List<String> faults) {
        String place = "%s = %s: %d".formatted(where, printable(text), answer.statusCode());
        if (answer.statusCode() >= 500) faults.add(place);
        if (answer.header("X-Injected") != null) faults.add(place + ", a header of it");
        String type = answer.contentType() == null ? "" : answer.contentType();
        if (type.startsWith("text/html")) {
            HostileText.faults(answer.asString()).forEach(fault -> faults.add(place + ", " + fault));
        } else if (type.contains("json")) {
            try {
                JSON.readTree(answer.asString());
            } catch (JsonProcessingException e) {
                faults.add(place + ", no JSON");
            }
        }
    }

    private static String printable(String text) {
        String brief = text.length() > 12 ? text.substring(0, 12) + "…" : text;
        return brief.replaceAll("[^ -~…]", "?");
    }
}
