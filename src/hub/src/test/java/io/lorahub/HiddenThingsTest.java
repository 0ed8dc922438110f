package io.lorahub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.account.Secret;
import io.lorahub.composition.CompositionRun;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.routes.PermissionTable;
import io.lorahub.testsupport.routes.PermissionTable.Caller;
import io.lorahub.testsupport.routes.PermissionTable.Row;
import io.lorahub.testsupport.routes.PermissionThings;
import io.lorahub.testsupport.routes.Route;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests for other members' things by id. {@link PermissionMatrixTest} checks the statuses; here the whole answer
 * must equal that for an id that doesn't exist.
 */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class HiddenThingsTest {

    private static final Set<String> SECRET = Set.of("private", "unshared", "taken down");

    /** Callers without rights are told so before anything is looked up. */
    private static final Pattern FOR_ROLES = Pattern.compile("(/api/v1)?/(admin|moderation)/.*");

    private static final Pattern UUIDS = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private final Hub hub;
    private final PermissionThings things;
    private final FinishedRuns runs;

    private Person owner;
    private Person other;
    private Person moderator;
    private CompositionRun finished;

    HiddenThingsTest(Hub hub, PermissionThings things, FinishedRuns runs) {
        this.hub = hub;
        this.things = things;
        this.runs = runs;
    }

    @BeforeEach
    void share_nothing() {
        owner = hub.person(Role.MEMBER);
        other = hub.person(Role.MEMBER);
        moderator = hub.person(Role.MODERATOR);
        finished = runs.of(owner, 2, "un");
    }

    @Test
    void hidden_things_are_answered_like_missing_ones() {
        List<String> leaks = new ArrayList<>();
        int compared = 0;
        for (Row row : PermissionTable.read()) {
            if (!SECRET.contains(row.of()) && !row.path().contains("{id}")) continue;
            Route route = route(row);
            for (Caller caller : List.of(Caller.ANONYMOUS, Caller.OTHER, Caller.MODERATOR)) {
                if (!isHidden(row, caller)) continue;
                hub.actAs(owner);
                String path = things.fill(row.path(), row.of(), owner, finished);
                Response answer = things.filled(as(caller), route).request(row.method(), path);
                String twin = twin(row.path(), path);
                Response ofNothing = things.filled(as(caller), route).request(row.method(), twin);
                compared++;
                if (!essence(answer, path).equals(essence(ofNothing, twin))) {
                    leaks.add("%s as %s\n%s\n%s"
                            .formatted(row.title(), caller, essence(answer, path), essence(ofNothing, twin)));
                }
            }
        }

        assertEquals("", String.join("\n", leaks));
        assertThat(compared).isGreaterThan(100);
    }

    @Test
    void a_run_of_a_visitor_is_of_that_browser_only() {
        Secret mine = Secret.random("");
        Secret yours = Secret.random("");
        List<String> wrong = new ArrayList<>();
        for (Row row : PermissionTable.read()) {
            if (!row.of().equals("unshared")
                    || row.path().endsWith("/publish")
                    || row.path().endsWith("/publication")) {
                continue;
            }
            expect(row, mine, () -> visitor(mine), Set.of(200, 201, 204, 303, 400, 409, 412, 422), wrong);
            expect(row, mine, () -> visitor(yours), Set.of(404), wrong);
            expect(row, mine, AsBrowser::given, Set.of(404), wrong);
            expect(row, mine, () -> AsBrowser.given(hub.session(other)), Set.of(404), wrong);
            expect(row, mine, () -> AsBrowser.given(hub.session(moderator)), Set.of(404), wrong);
            // Signing in leaves the visitor's runs behind.
            expect(
                    row,
                    mine,
                    () -> AsBrowser.given(hub.session(other)).cookie("lorahub_visitor", mine.text()),
                    Set.of(404),
                    wrong);
        }

        assertEquals("", String.join("\n", wrong));
    }

    @Test
    void a_banned_member_may_what_anybody_may() {
        List<String> wrong = new ArrayList<>();
        String session = hub.session(owner);
        String token = hub.token(owner, Scope.WRITE);
        QuarkusTransaction.requiringNew().run(() -> {
            Person banned = Person.findById(owner.id);
            banned.bannedAt = java.time.Instant.now();
            banned.banReason = "Spam.";
        });
        for (Row row : PermissionTable.read()) {
            String anonymous = row.answers().get(Caller.ANONYMOUS);
            if (anonymous.equals("yes") || anonymous.equals("gone")) continue;
            Set<Integer> refusals = anonymous.equals("no") ? Set.of(401, 403, 404) : Set.of(401, 404);
            hub.actAs(owner);
            String path = things.fill(row.path(), row.of(), owner, finished);
            for (RequestSpecification request :
                    List.of(AsBrowser.given(session), AsBrowser.given().auth().oauth2(token))) {
                Response answer = things.filled(request, route(row)).request(row.method(), path);
                boolean toSignIn =
                        answer.statusCode() == 303 && answer.header("Location").contains("/signin");
                if (!toSignIn && !refusals.contains(answer.statusCode())) {
                    wrong.add("%s: %d, not %s".formatted(row.title(), answer.statusCode(), anonymous));
                }
            }
        }

        assertEquals("", String.join("\n", wrong));
    }

    private void expect(
            Row row, Secret visitor, Supplier<RequestSpecification> caller, Set<Integer> statuses, List<String> wrong) {
        hub.actAs(owner);
        String path = things.fill(row.path(), row.of(), owner, finished);
        Matcher run = UUIDS.matcher(path);
        if (!run.find()) fail("There is no run in " + path);
        UUID id = UUID.fromString(run.group());
        QuarkusTransaction.requiringNew().run(() -> {
            CompositionRun of = CompositionRun.findById(id);
            of.person = null;
            of.visitor = HexFormat.of().formatHex(visitor.hash());
        });
        int status = things.filled(caller.get(), route(row))
                .request(row.method(), path)
                .statusCode();
        if (!statuses.contains(status)) wrong.add("%s: %d, not one of %s".formatted(row.title(), status, statuses));
    }

    private static RequestSpecification visitor(Secret secret) {
        return AsBrowser.given().cookie("lorahub_visitor", secret.text());
    }

    private static boolean isHidden(Row row, Caller caller) {
        return switch (row.answers().get(caller)) {
            case "hidden", "sign in" -> true;
            case "no" -> FOR_ROLES.matcher(row.path()).matches();
            default -> false;
        };
    }

    private static Route route(Row row) {
        return Route.all().stream()
                .filter(route -> route.isOf(row.method(), row.path()))
                .findFirst()
                .orElseThrow();
    }

    /** The same path with an id that nothing has. */
    private static String twin(String pattern, String path) {
        if (pattern.contains("{name}") && pattern.contains("{publisher}")) {
            return path.replaceFirst("(adapter-\\d+)", "$1x");
        }
        Matcher uuid = UUIDS.matcher(path);
        if (uuid.find()) return path.replace(uuid.group(), UUID.randomUUID().toString());
        return path.replaceFirst("/\\d+", "/987654321");
    }

    /** Status, headers and body, without what the request itself said and what changes with each request. */
    private static String essence(Response answer, String path) {
        StringBuilder text = new StringBuilder().append(answer.statusCode());
        answer.headers().asList().stream()
                .filter(header -> !Set.of("date", "content-length", "x-request-id")
                        .contains(header.getName().toLowerCase()))
                .map(header -> header.getName() + ": " + header.getValue())
                .sorted()
                .forEach(header -> text.append('\n').append(header));
        text.append('\n').append(answer.asString());
        String essence = text.toString().replace(path, "PATH").replace(path.replace("/", "%2F"), "PATH");
        for (String segment : path.split("/")) {
            if (segment.matches("adapter-\\d+x?") || UUIDS.matcher(segment).matches()) {
                essence = essence.replace(segment, "ID");
            }
        }
        return essence;
    }

    private RequestSpecification as(Caller caller) {
        return switch (caller) {
            case ANONYMOUS -> AsBrowser.given();
            case MODERATOR -> AsBrowser.given(hub.session(moderator));
            default -> AsBrowser.given(hub.session(other));
        };
    }
}
