package io.lorahub;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.api.OpenApiDocument;
import io.lorahub.composition.CompositionRun;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Checkout;
import io.lorahub.testsupport.FinishedRuns;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.routes.PermissionTable;
import io.lorahub.testsupport.routes.PermissionTable.Caller;
import io.lorahub.testsupport.routes.PermissionTable.Row;
import io.lorahub.testsupport.routes.PermissionThings;
import io.lorahub.testsupport.routes.Route;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Compares docs/permissions.md with the application: no route is missing, and every cell is right. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class PermissionMatrixTest {

    /** What the frameworks bring. */
    private static final List<Route> OF_FRAMEWORKS = List.of(new Route("GET", "/api/v1/openapi", "", null));

    /** Refused, but not for lack of rights: most requests here have empty bodies. */
    private static final Set<Integer> INCOMPLETE = Set.of(400, 409, 412, 422, 428);

    /** Nothing can have changed. */
    private static final Set<Integer> REFUSED = Set.of(401, 403, 404);

    private static final Path OBSERVED = Checkout.path("target/permissions-observed.md");

    private final Hub hub;
    private final PermissionThings things;
    private final FinishedRuns runs;

    private Person owner;
    private Person other;
    private Person moderator;
    private Person admin;
    private CompositionRun finished;
    private OpenApiDocument documented;
    private final Set<String> undocumented = new TreeSet<>();

    /** A path that nothing has changed since it was filled, of this row. */
    private Row filled;

    private String path;

    PermissionMatrixTest(Hub hub, PermissionThings things, FinishedRuns runs) {
        this.hub = hub;
        this.things = things;
        this.runs = runs;
    }

    @Test
    void every_page_and_endpoint_stands_in_the_table() {
        List<Row> rows = PermissionTable.read();
        List<String> missing = routes().stream()
                .filter(route -> rows.stream().noneMatch(row -> route.isOf(row.method(), row.path())))
                .map(route -> route.method() + " " + route.path())
                .sorted()
                .toList();

        assertEquals("", String.join("\n", missing), "docs/permissions.md lacks these.");
    }

    @Test
    void every_row_is_of_a_page_or_an_endpoint() {
        List<String> gone = PermissionTable.read().stream()
                .filter(row -> routes().stream().noneMatch(route -> route.isOf(row.method(), row.path())))
                .map(Row::title)
                .toList();

        assertEquals("", String.join("\n", gone), "The application has none of these any more.");
    }

    @Test
    void every_cell_is_as_it_says() {
        prepare();
        List<Row> observed = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (Row row : PermissionTable.read()) {
            Map<Caller, String> answers = new TreeMap<>();
            for (Caller caller : Caller.values()) {
                String answer = answer(row, caller);
                answers.put(caller, answer);
                String expected = row.answers().get(caller);
                if (!answer.equals(expected)) {
                    wrong.add("%s as %s: %s, not %s".formatted(row.title(), caller, answer, expected));
                }
            }
            observed.add(row.with(answers));
        }
        PermissionTable.write(OBSERVED, observed);

        assertEquals("", String.join("\n", wrong), "What was seen stands in " + OBSERVED + ".");
        assertEquals("", String.join("\n", undocumented), "The OpenAPI document does not say so.");
    }

    @Test
    void a_token_has_the_rights_of_its_persons_role_with_scope_administer_only() {
        prepare();
        Set<String> neverByToken = PermissionTable.neverByToken();
        assertEquals(8, neverByToken.size());
        List<String> wrong = new ArrayList<>();
        for (Row row : PermissionTable.read()) {
            Route route = route(row);
            hub.actAs(admin);
            boolean ofAccount = row.answers().get(Caller.OWNER).equals("yes")
                    && row.answers().get(Caller.WRITE_TOKEN).equals("no");
            boolean never = ofAccount || neverByToken.contains(row.method() + " " + row.path());
            check(row, route, Scope.WRITE, ofAccount ? "no" : row.answers().get(Caller.OTHER), wrong);
            check(row, route, Scope.ADMINISTER, never ? "no" : row.answers().get(Caller.ADMIN), wrong);
        }

        assertEquals("", String.join("\n", wrong));
    }

    @Test
    void a_token_of_scope_generate_can_use_nothing_but_the_addresses_below_v1() {
        prepare();
        List<String> wrong = new ArrayList<>();
        for (Row row : PermissionTable.read()) {
            // which everybody can read, and which leads to the sign-in page
            if (OF_FRAMEWORKS.contains(route(row)) || row.path().equals("/signin/organisation")) continue;
            boolean open = row.path().startsWith("/v1/");
            hub.actAs(admin);
            String answer = answer(row, route(row), AsBrowser.given().auth().oauth2(hub.token(owner, Scope.GENERATE)));
            if (!answer.equals(open ? row.answers().get(Caller.READ_TOKEN) : "no")) {
                wrong.add(row.title() + ": " + answer);
            }
        }

        assertEquals("", String.join("\n", wrong));
    }

    private void check(Row row, Route route, Scope scope, String expected, List<String> wrong) {
        String answer = answer(row, route, AsBrowser.given().auth().oauth2(hub.token(admin, scope)));
        if (!answer.equals(expected)) {
            wrong.add("%s as an admin's token of scope %s: %s, not %s".formatted(row.title(), scope, answer, expected));
        }
    }

    private void prepare() {
        owner = hub.person(Role.MEMBER);
        other = hub.person(Role.MEMBER);
        moderator = hub.person(Role.MODERATOR);
        admin = hub.person(Role.ADMIN);
        finished = runs.of(owner, 4, "un", "past");
        documented = OpenApiDocument.read();
    }

    private static Route route(Row row) {
        return routes().stream()
                .filter(route -> route.isOf(row.method(), row.path()))
                .findFirst()
                .orElseThrow();
    }

    private static List<Route> routes() {
        List<Route> all = new ArrayList<>(Route.all());
        all.addAll(OF_FRAMEWORKS);
        return all;
    }

    /** In the words of the table; other statuses are numbers. */
    private String answer(Row row, Caller caller) {
        Route route = route(row);
        hub.actAs(admin);
        return answer(row, route, as(caller));
    }

    private String answer(Row row, Route route, RequestSpecification request) {
        if (!row.equals(filled)) path = things.fill(row.path(), row.of(), owner, finished);
        Response response = things.filled(request, route).request(row.method(), path);
        int status = response.statusCode();
        filled = REFUSED.contains(status) ? row : null;
        documented
                .faults(row.method(), row.path(), response)
                .forEach(fault -> undocumented.add(row.title() + ": " + fault));
        String location = response.header("Location");
        boolean toSignIn = status == 303 && location != null && location.contains("/signin?next=");
        if (status == 401 || toSignIn) return "sign in";
        if (status == 403) return "no";
        if (status == 404) return "hidden";
        if (status == 410) return "gone";
        return status < 400 || INCOMPLETE.contains(status) ? "yes" : String.valueOf(status);
    }

    private RequestSpecification as(Caller caller) {
        return switch (caller) {
            case ANONYMOUS -> AsBrowser.given();
            case OTHER -> AsBrowser.given(hub.session(other));
            case OWNER -> AsBrowser.given(hub.session(owner));
            case MODERATOR -> AsBrowser.given(hub.session(moderator));
            case ADMIN -> AsBrowser.given(hub.session(admin));
            case READ_TOKEN -> AsBrowser.given().auth().oauth2(hub.token(owner, Scope.READ));
            case WRITE_TOKEN -> AsBrowser.given().auth().oauth2(hub.token(owner, Scope.WRITE));
        };
    }
}
