package io.lorahub.generation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads OpenAI's API with the JDK's client, as simple programs do: line by line. */
final class OpenAiClient {

    static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI hub;
    private final String token;

    /** @param token null for a visitor */
    OpenAiClient(URI hub, String token) {
        this.hub = hub;
        this.token = token;
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return http.send(request(path, json), BodyHandlers.ofString());
    }

    JsonNode complete(String json) throws IOException, InterruptedException {
        HttpResponse<String> answer = post("/v1/completions", json);
        if (answer.statusCode() != 200) throw new AssertionError(answer.statusCode() + " " + answer.body());
        return JSON.readTree(answer.body());
    }

    /** The lines of a stream as they come. Closing it ends the request. */
    HttpResponse<Stream<String>> stream(String path, String json) throws IOException, InterruptedException {
        return http.send(request(path, json), BodyHandlers.ofLines());
    }

    private HttpRequest request(String path, String json) {
        HttpRequest.Builder request = HttpRequest.newBuilder(hub.resolve(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')));
        if (token != null) request.header("Authorization", "Bearer " + token);
        return request.build();
    }

    /**
     * A stream that has been read.
     *
     * @param done whether [DONE] came last
     */
    record Read(List<JsonNode> chunks, boolean done) {

        static Read all(Stream<String> lines) {
            List<JsonNode> chunks = new ArrayList<>();
            boolean done = false;
            for (Iterator<String> all = lines.iterator(); all.hasNext(); ) {
                String line = all.next();
                if (line.isEmpty()) continue;
                if (done || !line.startsWith("data: ")) throw new AssertionError("Not expected: " + line);
                if (line.equals("data: [DONE]")) done = true;
                else chunks.add(json(line.substring("data: ".length())));
            }
            return new Read(chunks, done);
        }

        /** @param delta pointer to the text in a chunk's choice */
        String text(int choice, String delta) {
            return chunks.stream()
                    .flatMap(chunk -> chunk.path("choices").isEmpty()
                            ? Stream.of()
                            : Stream.of(chunk.path("choices").get(0)))
                    .filter(one -> one.path("index").asInt() == choice)
                    .map(one -> one.at(delta).asText(""))
                    .collect(Collectors.joining());
        }

        private static JsonNode json(String text) {
            try {
                return JSON.readTree(text);
            } catch (JsonProcessingException e) {
                throw new AssertionError("No JSON: " + text, e);
            }
        }
    }
}
