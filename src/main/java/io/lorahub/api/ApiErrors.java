package io.lorahub.api;

import io.lorahub.web.Problem;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** Refusals of the API in its document: one schema, and per operation those that can happen. */
final class ApiErrors {

    private static final String SCHEMA = "Problem";

    private static final Map<String, String> WORDS = new TreeMap<>(Map.of(
            "400", "The request could not be understood.",
            "401", "There is no token, or it is not valid.",
            "403", "The person or the token may not do this.",
            "404", "There is no such thing, or it is not for the caller to see.",
            "409", "Something else came first.",
            "412", "It changed meanwhile; the ETag in If-Match is an old one.",
            "413", "The body is longer than this takes.",
            "422", "Some values need a change; the causes name them.",
            "429", "That was too much at a time; Retry-After says how long to wait."));

    private ApiErrors() {}

    static void describe(Components components) {
        components.addSchema(SCHEMA, problem());
        WORDS.forEach((status, words) -> components.addResponse(
                status,
                OASFactory.createAPIResponse()
                        .description(words)
                        .content(OASFactory.createContent()
                                .addMediaType(
                                        Problem.MEDIA_TYPE,
                                        OASFactory.createMediaType()
                                                .schema(OASFactory.createSchema()
                                                        .ref("#/components/schemas/" + SCHEMA))))));
    }

    static void add(Operation operation, HttpMethod method, String path, boolean open) {
        boolean changes = method != HttpMethod.GET && method != HttpMethod.HEAD;
        if (!open) refer(operation, "401");
        if (!open && (changes || path.contains("/moderation") || path.contains("/admin"))) refer(operation, "403");
        if (path.contains("{")) refer(operation, "404");
        if (operation.getRequestBody() != null) refer(operation, "422");
        if (changes) refer(operation, "429");
    }

    private static void refer(Operation operation, String status) {
        if (operation.getResponses() == null) operation.responses(OASFactory.createAPIResponses());
        APIResponse there = operation.getResponses().getAPIResponse(status);
        if (there != null && there.getContent() != null) return;
        operation.getResponses().removeAPIResponse(status);
        operation
                .getResponses()
                .addAPIResponse(status, OASFactory.createAPIResponse().ref("#/components/responses/" + status));
    }

    private static Schema problem() {
        Schema cause = object().addProperty(
                        "field", text("Its name in the body or the address; absent for what concerns no single one."))
                .addProperty("message", text("What is wrong, in a sentence."));
        return object().description("What went wrong (RFC 9457). The type is about:blank, and left out.")
                .required(List.of("status", "title"))
                .addProperty(
                        "status",
                        OASFactory.createSchema().addType(SchemaType.INTEGER).addExample(422))
                .addProperty("title", text("The status in words.").addExample("Unprocessable Content"))
                .addProperty("detail", text("What to do about it."))
                .addProperty("instance", text("The path that was asked for."))
                .addProperty("id", text("Only for faults of the hub: the log has more under it."))
                .addProperty(
                        "causes",
                        OASFactory.createSchema().addType(SchemaType.ARRAY).items(cause));
    }

    private static Schema object() {
        return OASFactory.createSchema().addType(SchemaType.OBJECT);
    }

    private static Schema text(String description) {
        return OASFactory.createSchema().addType(SchemaType.STRING).description(description);
    }
}
