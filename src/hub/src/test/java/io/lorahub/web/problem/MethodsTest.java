package io.lorahub.web.problem;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.endsWith;

import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.routes.Route;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Answers to requests with a method or media type that an address doesn't support. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class MethodsTest {

    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "PATCH", "DELETE");

    @Test
    void every_address_of_the_API_names_its_methods_to_who_uses_another_one() {
        Map<String, Set<String>> byPath = Route.all().stream()
                .filter(route -> route.path().startsWith("/api/"))
                .collect(Collectors.groupingBy(
                        Route::path, Collectors.mapping(Route::method, Collectors.toCollection(TreeSet::new))));
        assertThat(byPath).hasSizeGreaterThan(30);
        byPath.forEach((path, methods) -> {
            if (methods.contains("GET")) methods.add("HEAD");
            String asked = path.replace("{repository}", "publisher/name")
                    .replaceAll("[{]\\w+}", "3f8a1c7e-0000-4000-8000-000000000000");
            for (String method : METHODS) {
                if (methods.contains(method)) continue;
                Response answer = given().request(method, asked);
                assertThat(answer.statusCode()).as(method + " " + path).isEqualTo(405);
                assertThat(answer.header("Allow")).as(path).isEqualTo(String.join(", ", methods));
                assertThat(answer.jsonPath().getString("detail"))
                        .startsWith("This address doesn't support " + method + "; use ");
            }
        });
    }

    @Test
    void pages_name_theirs_too() {
        given().post("/status").then().statusCode(405).header("Allow", "GET, HEAD");
        given().redirects().follow(false).get("/signout").then().statusCode(405).header("Allow", "POST");
    }

    @Test
    void whoever_opens_or_reloads_the_address_of_a_form_gets_the_page_that_has_it() {
        Map.of(
                        "/candidates/add", "/candidates",
                        "/inbox/3f8a1c7e-0000-4000-8000-000000000000/open", "/inbox",
                        "/runs/3f8a1c7e-0000-4000-8000-000000000000/result/try",
                                "/runs/3f8a1c7e-0000-4000-8000-000000000000/result",
                        "/moderation/members/ada/ban?reason=x", "/moderation/members/ada")
                .forEach((form, page) -> opened(form).then().statusCode(303).header("Location", endsWith(page)));
    }

    @Test
    void every_form_has_such_a_page() {
        Map<String, Set<String>> byPath = Route.all().stream()
                .filter(route ->
                        !route.path().startsWith("/api/") && !route.path().startsWith("/v1/"))
                .collect(Collectors.groupingBy(
                        Route::path, Collectors.mapping(Route::method, Collectors.toCollection(TreeSet::new))));
        Set<String> everywhere = Set.of("/signout", "/theme"); // these forms are on all pages
        List<String> without = byPath.entrySet().stream()
                .filter(address -> address.getValue().equals(Set.of("POST")))
                .map(Map.Entry::getKey)
                .filter(path -> !everywhere.contains(path) && !path.contains(".git/"))
                .filter(path -> opened(path.replaceAll("[{]\\w+}", "3f8a1c7e-0000-4000-8000-000000000000"))
                                .statusCode()
                        != 303)
                .toList();
        assertThat(without).isEmpty();
    }

    private static Response opened(String path) {
        return AsBrowser.given().get(path);
    }

    @Test
    void where_nothing_is_no_method_is_named() {
        Response answer = given().put("/api/v1/no-such-thing");
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().hasHeaderWithName("Allow")).isFalse();
    }

    @Test
    void a_body_or_an_answer_of_another_kind_is_refused_with_the_kinds_there_are() {
        given().contentType("text/csv")
                .body("a,b")
                .post("/api/test/trouble/post/letter")
                .then()
                .statusCode(415)
                .header("Accept", "application/json")
                .body("detail", org.hamcrest.Matchers.equalTo("This takes application/json."));
        given().accept("image/png")
                .get("/api/v1/adapters")
                .then()
                .statusCode(406)
                .body("detail", org.hamcrest.Matchers.equalTo("This is available as application/json."));
    }
}
