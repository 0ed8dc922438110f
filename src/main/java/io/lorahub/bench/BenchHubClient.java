package io.lorahub.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;

/** One program that talks to the hub under test, request by request. */
final class BenchHubClient {

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI hub;
    private final String token;

    BenchHubClient(URI hub, String token) {
        this.hub = hub;
        this.token = token;
    }

    HttpRequest.Builder to(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(hub.resolve(path));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    JsonNode get(String path) {
        return json(send(to(path), BodyHandlers.ofString()).body());
    }

    JsonNode post(String path, JsonNode body) {
        HttpRequest.Builder request =
                to(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body.toString()));
        return json(send(request, BodyHandlers.ofString()).body());
    }

    <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> handler) {
        try {
            HttpResponse<T> answer = http.send(request.build(), handler);
            if (answer.statusCode() >= 400) {
                throw new EngineException("The hub answered %s with the status %d: %s"
                        .formatted(answer.request(), answer.statusCode(), answer.body()));
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException("The hub does not answer.", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("The measurement was interrupted.", e);
        }
    }

    FileSender sender() {
        return new FileSender(hub, token);
    }

    FileReceiver receiver() {
        return new FileReceiver(hub, token);
    }

    private static JsonNode json(String text) {
        try {
            return BenchOutput.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new EngineException("The hub answered with no JSON: %s".formatted(text), e);
        }
    }
}
