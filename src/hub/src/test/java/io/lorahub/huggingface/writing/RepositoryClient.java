package io.lorahub.huggingface.writing;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.lorahub.testsupport.AdapterFiles;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;

/** Sends what stock clients send to one repository, with one member's token. */
record RepositoryClient(String token, String id) {

    static final String HEADER =
            "{\"key\": \"header\", \"value\": {\"summary\": \"Send it\", \"description\": \"\"}}\n";

    static RequestSpecification by(String token) {
        return given().auth().oauth2(token);
    }

    static Response create(String token, String name) {
        return by(token)
                .contentType("application/json")
                .body(Map.of("name", name, "private", true))
                .post("/api/repos/create");
    }

    static String adding(AdapterFiles files) {
        return files.map().entrySet().stream()
                .map(file -> add(file.getKey(), file.getValue()))
                .collect(Collectors.joining());
    }

    /** In the order of stock clients: the path comes after the content. */
    static String add(String path, byte[] content) {
        return "{\"key\": \"file\", \"value\": {\"content\": \"%s\", \"path\": \"%s\", \"encoding\": \"base64\"}}\n"
                .formatted(Base64.getEncoder().encodeToString(content), path);
    }

    /** @param operations without the header */
    Response commit(String operations) {
        return send(HEADER + operations);
    }

    Response send(String body) {
        return by(token)
                .contentType("application/x-ndjson")
                .body(body.getBytes(UTF_8))
                .post("/api/models/" + id + "/commit/main");
    }

    /** @param path below the repository's address in the protocol, such as {@code /refs} */
    Response get(String path) {
        return by(token).get("/api/models/" + id + path);
    }

    byte[] file(String path) {
        return by(token).get("/" + id + "/resolve/main/" + path).asByteArray();
    }

    String head() {
        return get("").path("sha");
    }

    /** The adapter in the hub's own API. */
    Response adapter() {
        return by(token).get("/api/v1/adapters/" + id);
    }
}
