package io.lorahub.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.lorahub.api.ApiReference.Answer;
import io.lorahub.api.ApiReference.Body;
import io.lorahub.api.ApiReference.Call;
import io.lorahub.api.ApiReference.Group;
import io.lorahub.api.ApiReference.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Converts an OpenAPI document into the page's model. */
final class ApiReader {

    private static final List<String> METHODS = List.of("get", "head", "post", "put", "patch", "delete");
    private static final List<String> PLACES = List.of("path", "query", "header");

    private final JsonNode document;
    private final ExampleValues examples;
    private final ObjectWriter pretty = new ObjectMapper().writerWithDefaultPrettyPrinter();

    ApiReader(JsonNode document) {
        this.document = document;
        this.examples = new ExampleValues(document);
    }

    ApiReference read() {
        List<Group> groups = new ArrayList<>();
        for (JsonNode tag : document.path("tags")) {
            String name = tag.path("name").asText();
            groups.add(new Group(id(name), name, tag.path("description").asText(), calls(name)));
        }
        return new ApiReference(groups);
    }

    private List<Call> calls(String tag) {
        return fields(document.path("paths"))
                .flatMap(path -> METHODS.stream()
                        .filter(path.getValue()::has)
                        .filter(method -> has(path.getValue().get(method).path("tags"), tag))
                        .map(method ->
                                call(path.getKey(), method, path.getValue().get(method))))
                .toList();
    }

    private Call call(String path, String method, JsonNode operation) {
        Call call = new Call();
        call.id = id(method + " " + path);
        call.method = method.toUpperCase(Locale.ROOT);
        call.path = path;
        call.summary = operation.path("summary").asText();
        call.description = operation.path("description").asText();
        call.needsToken = !has(operation.path("security"), "{}");
        call.parameters = parameters(operation, path);
        call.request = body(operation.path("requestBody"));
        call.curl = new CurlLine(examples, call.method, path, operation, call.needsToken, call.request).text();
        call.answers = answers(operation);
        return call;
    }

    /** Path parameters in the order of the path, then those of the query and the headers. */
    private List<Parameter> parameters(JsonNode operation, String path) {
        return stream(operation.path("parameters"))
                .filter(parameter -> !parameter.path("name").asText().equals("Content-Length"))
                .map(parameter -> new Parameter(
                        parameter.path("name").asText(),
                        parameter.path("in").asText(),
                        parameter.path("required").asBoolean(),
                        kind(examples.resolved(parameter.path("schema"))),
                        parameter.path("description").asText()))
                .sorted(Comparator.comparing((Parameter parameter) -> PLACES.indexOf(parameter.place()))
                        .thenComparing(parameter -> path.indexOf("{" + parameter.name() + "}")))
                .toList();
    }

    private String kind(JsonNode schema) {
        String type = ExampleValues.type(schema);
        StringBuilder kind = new StringBuilder(
                switch (type) {
                    case "integer" -> "whole number";
                    case "number" -> "number";
                    case "boolean" -> "true or false";
                    case "array" -> "several: " + kind(examples.resolved(schema.path("items")));
                    default -> schema.path("format").asText().equals("uuid") ? "UUID" : "text";
                });
        if (schema.has("minimum") && schema.has("maximum")) {
            kind.append(", ").append(schema.get("minimum").asText()).append(" to ");
            kind.append(schema.get("maximum").asText());
        }
        if (schema.has("enum")) kind.append(": ").append(String.join(", ", texts(schema.get("enum"))));
        if (schema.has("default"))
            kind.append(", else ").append(schema.get("default").asText());
        return kind.toString();
    }

    private List<Answer> answers(JsonNode operation) {
        return fields(operation.path("responses"))
                .map(answer -> {
                    JsonNode response = examples.resolved(answer.getValue());
                    boolean refusal = answer.getKey().startsWith("4");
                    return new Answer(
                            answer.getKey(), response.path("description").asText(), refusal ? null : body(response));
                })
                .toList();
    }

    /** null if there is no body. */
    private Body body(JsonNode holder) {
        return fields(holder.path("content"))
                .findFirst()
                .map(content -> new Body(
                        content.getKey(),
                        content.getKey().endsWith("json")
                                ? example(content.getValue().path("schema"))
                                : ""))
                .orElse(null);
    }

    private String example(JsonNode schema) {
        try {
            return pretty.writeValueAsString(examples.of(schema, ""));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree can be written as JSON.", e);
        }
    }

    private static String id(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    }

    private static boolean has(JsonNode list, String value) {
        return stream(list)
                .anyMatch(one -> one.isTextual()
                        ? one.textValue().equals(value)
                        : one.toString().equals(value));
    }

    private static List<String> texts(JsonNode list) {
        return stream(list).map(JsonNode::asText).toList();
    }

    private static Stream<JsonNode> stream(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private static Stream<Map.Entry<String, JsonNode>> fields(JsonNode object) {
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(object.fields(), 0), false);
    }

    /** A command line that performs an operation; {@code $HUB} and {@code $TOKEN} are set in the shell beforehand. */
    private static final class CurlLine {

        private final ExampleValues examples;
        private final String method;
        private final String path;
        private final JsonNode operation;
        private final boolean needsToken;
        private final Body request;

        CurlLine(
                ExampleValues examples,
                String method,
                String path,
                JsonNode operation,
                boolean needsToken,
                Body request) {
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
            if (name.equals("Content-Length")) return; // set by curl itself
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
}
