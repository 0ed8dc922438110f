package io.lorahub.web.problem;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import io.lorahub.testsupport.PostgresResource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class ProblemDetailsTest {

    @ParameterizedTest
    @CsvSource({
        "/api/test/trouble/not-found,404,Not Found",
        "/api/v1/no-such-thing,404,Not Found",
        "/api/test/trouble/forbidden,403,Forbidden",
        "/api/test/trouble/deadlock,409,Conflict",
        "/api/test/trouble/invalid,422,Unprocessable Content",
        "/api/test/trouble/too-many,429,Too Many Requests",
        "/api/test/trouble/post/letter,405,Method Not Allowed",
        "/api/test/trouble/anything,500,Internal Server Error"
    })
    void each_trouble_is_problem_details(String path, int status, String title) {
        String body = problem(given().get(path).then(), status)
                .body("status", equalTo(status))
                .body("title", equalTo(title))
                .body("instance", equalTo(path))
                .extract()
                .asString();
        assertThat(body).doesNotContain("secret", "Exception", "null");
    }

    @Test
    void the_detail_says_what_to_do() {
        problem(given().get("/api/test/trouble/conflict").then(), 409)
                .body("detail", equalTo("The name lab-a/un is taken; choose another."));
    }

    @Test
    void without_signing_in_the_answer_is_401_with_a_challenge() {
        for (String kind : new String[] {"unauthorized", "members", "admins"}) {
            problem(given().get("/api/test/trouble/" + kind).then(), 401)
                    .header("WWW-Authenticate", "Bearer realm=\"LoraHub\"");
        }
    }

    @Test
    void a_token_that_nobody_made_is_refused() {
        problem(
                        given().auth()
                                .oauth2("lh_no_such_token")
                                .get("/api/test/trouble/not-found")
                                .then(),
                        401)
                .header("WWW-Authenticate", containsString("Bearer"));
    }

    @Test
    void JSON_that_ends_early_is_refused_with_the_place() {
        problem(letter("{\"subject\": \"x\",\n \"lines\": ["), 400)
                .body("detail", containsString("line 2, column "))
                .body("detail", containsString("not JSON"));
    }

    @Test
    void JSON_in_a_broken_encoding_is_refused() {
        byte[] utf32 = {0, 0, 0, '{', -1, -1, -1, -1};
        problem(
                        given().contentType(ContentType.JSON)
                                .body(utf32)
                                .post("/api/test/trouble/post/letter")
                                .then(),
                        400)
                .body("detail", containsString("not JSON"));
    }

    @Test
    void a_value_of_the_wrong_kind_is_named() {
        String body = problem(letter("{\"subject\": \"x\", \"lines\": [{\"length\": 1}, {\"length\": \"far\"}]}"), 400)
                .body("causes[0].field", equalTo("lines[1].length"))
                .extract()
                .asString();
        assertThat(body).doesNotContain("lorahub", "java", "Integer");
    }

    @Test
    void every_value_of_a_wrong_kind_is_named_at_once_and_what_there_is_not_too() {
        problem(letter("{\"subject\": [], \"lines\": [4, {\"length\": \"far\", \"width\": 1}], \"lies\": []}"), 400)
                .body(
                        "causes.field",
                        equalTo(List.of("subject", "lines[0]", "lines[1].length", "lines[1].width", "lies")))
                .body(
                        "causes.message",
                        equalTo(List.of(
                                "This must be a string.",
                                "This must be an object.",
                                "This must be a whole number.",
                                "There is no such field.",
                                "There is no such field.")));
    }

    @Test
    void a_field_that_there_is_not_is_refused() {
        problem(letter("{\"subject\": \"x\", \"subjekt\": \"y\"}"), 422)
                .body("causes.field", equalTo(List.of("subjekt")))
                .body("detail", equalTo("There is no such field."));
    }

    @Test
    void a_body_that_is_no_object_is_refused() {
        problem(letter("[]"), 400).body("causes[0].message", equalTo("This must be an object."));
        problem(letter("null"), 422).body("detail", equalTo("The body is missing; send a JSON object."));
    }

    @Test
    void every_wrong_value_is_named_as_it_was_sent() {
        problem(letter("{\"subject\": \" \", \"lines\": [{\"length\": 9}, {\"length\": 2}, {\"length\": 8}]}"), 422)
                .body("causes.field", equalTo(List.of("lines[0].length", "lines[2].length", "subject")))
                .body("causes[2].message", equalTo("This must not be blank."));
    }

    @Test
    void a_body_that_is_missing_is_called_by_no_name_of_ours() {
        problem(
                        given().contentType(ContentType.JSON)
                                .post("/api/test/trouble/post/letter")
                                .then(),
                        422)
                .body("detail", equalTo("The body is missing; send a JSON object."))
                .body("causes[0].field", nullValue());
    }

    @Test
    void a_long_question_is_answered() {
        problem(
                        given().queryParam("q", "x".repeat(5000))
                                .get("/api/v1/adapters")
                                .then(),
                        422)
                .body("causes.field", equalTo(List.of("q")));
    }

    @Test
    void a_body_of_another_kind_is_refused() {
        problem(
                given().contentType("text/csv")
                        .body("a,b")
                        .post("/api/test/trouble/post/letter")
                        .then(),
                415);
        problem(
                given().contentType(ContentType.JSON)
                        .accept("image/png")
                        .body("{\"subject\": \"x\"}")
                        .post("/api/test/trouble/post/letter")
                        .then(),
                406);
    }

    private static ValidatableResponse letter(String json) {
        return given().contentType(ContentType.JSON)
                .body(json)
                .post("/api/test/trouble/post/letter")
                .then();
    }

    private static ValidatableResponse problem(ValidatableResponse answer, int status) {
        return answer.statusCode(status).contentType("application/problem+json");
    }
}
