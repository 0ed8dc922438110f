package io.lorahub.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.api.ApiReference.Body;
import java.util.ArrayList;
import java.util.List;

/** A command line that does what an operation describes; {@code $HUB} and {@code $TOKEN} are set in the shell before. */
final class CurlLine {

    private final ExampleValues examples;
    private final String method;
    private final String path;
    private final JsonNode operation;
    private final boolean needsToken;
    private final Body request;

    CurlLine(ExampleValues examples, String method, String path, JsonNode operation, boolean needsToken, Body request) {
        this.examples = examples;
        this.method = method;
        this.path = path;
        this.operation = operation;
        this.needsToken = needsToken;
        this.request = request;
    }

    String text() {
        List<String> parts = new ArrayList<>();
        parts.add("curl " + verb() + "\"$HUB" + address() + "\"");
        if (needsToken) parts.add("-H \"Authorization: Bearer $TOKEN\"");
        for (JsonNode parameter : operation.path("parameters")) {
            if (parameter.path("in").asText().equals("header")) header(parameter, parts);
        }
        if (request != null) body(parts);
        else if (answersWithFile()) parts.add("-OJ");
        return String.join(" \\\n  ", parts);
    }

    private String verb() {
        return switch (method) {
            case "GET" -> "";
            case "HEAD" -> "-I ";
            default -> "-X " + method + " ";
        };
    }

    private String address() {
        String address = path;
        for (JsonNode parameter : operation.path("parameters")) {
            if (!parameter.path("in").asText().equals("path")) continue;
            String name = parameter.path("name").asText();
            address = address.replace("{" + name + "}", examples.text(parameter.path("schema"), name));
        }
        return address;
    }

    private void header(JsonNode parameter, List<String> parts) {
        String name = parameter.path("name").asText();
        if (name.equals("Content-Length")) return; // curl's own
        if (name.equals("Upload-Offset")) parts.add("-H \"Upload-Offset: 0\"");
        else if (parameter.path("required").asBoolean())
            parts.add("-H \"" + name + ": " + examples.text(parameter.path("schema"), name) + "\"");
    }

    private void body(List<String> parts) {
        parts.add("-H \"Content-Type: " + request.mediaType() + "\"");
        parts.add(
                request.example().isEmpty()
                        ? "--data-binary @adapter_model.safetensors"
                        : "-d '" + request.example().replace("'", "'\\''") + "'");
    }

    private boolean answersWithFile() {
        JsonNode content = operation.path("responses").path("200").path("content");
        return content.has("application/octet-stream") || content.has("application/zip");
    }
}
