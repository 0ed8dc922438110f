package io.lorahub.api;

import io.lorahub.web.Problem;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** Error answers in the API's document: one schema, and per operation the errors that can occur. */
final class ApiErrors {

    private static final String SCHEMA = "Problem";

    private static final Map<String, String> WORDS = new TreeMap<>(Map.ofEntries(
            Map.entry("400", "The request could not be understood."),
            Map.entry("401", "There is no token, or it is not valid."),
            Map.entry("403", "You, or your token, aren't allowed to do this."),
            Map.entry("404", "It doesn't exist, or you can't see it."),
            Map.entry("409", "It conflicts with the current state."),
            Map.entry("412", "It has changed; the ETag in If-Match is out of date."),
            Map.entry("413", "The body is too long."),
            Map.entry("415", "The body's media type isn't supported."),
            Map.entry("416", "The range isn't within the file; Content-Range states its length."),
            Map.entry("422", "Some values need a change; the causes name them."),
            Map.entry("428", "If-Match is missing; send the ETag that you got."),
            Map.entry("429", "Too many requests; Retry-After says how long to wait."),
            Map.entry("503", "The database or the file store doesn't answer now; Retry-After says how long to wait."),
            Map.entry("507", "There is no space left, on the hub's disk or in your quota.")));

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
        refer(operation, "401");
        if (!open
                && (changes
                        || path.contains("/moderation")
                        || path.contains("/base-model-imports")
                        || path.contains("/base-model-registrations")
                        || path.contains("/admin"))) refer(operation, "403");
        if (path.contains("{")) refer(operation, "404");
        if (changes) refer(operation, "409");
        if (operation.getRequestBody() != null)
            List.of("400", "413", "415", "422").forEach(s -> refer(operation, s));
        if (has(operation, parameter -> parameter.getIn() == Parameter.In.QUERY)) {
            List.of("400", "422").forEach(s -> refer(operation, s));
        }
        if (has(operation, ApiErrors::isIfMatch)) refer(operation, "412");
        if (has(operation, parameter -> isIfMatch(parameter) && Boolean.TRUE.equals(parameter.getRequired()))) {
            refer(operation, "428");
        }
        if (operation.getResponses().hasAPIResponse("206")) refer(operation, "416");
        if (changes) refer(operation, "429");
        if (path.endsWith("/merges/{id}/zip")) refer(operation, "409");
        if (path.endsWith("/export")) List.of("403", "409", "429", "507").forEach(s -> refer(operation, s));
        if (changes && (path.contains("/uploads") || path.contains("/runs") || path.contains("/merges")))
            refer(operation, "507");
        refer(operation, "503");
    }

    private static boolean has(Operation operation, Predicate<Parameter> which) {
        return operation.getParameters() != null
                && operation.getParameters().stream().anyMatch(which);
    }

    private static boolean isIfMatch(Parameter parameter) {
        return HttpHeaders.IF_MATCH.equalsIgnoreCase(parameter.getName());
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
                        "field", text("The name of the field or parameter; absent if the cause concerns none."))
                .addProperty("message", text("What is wrong, in a sentence."));
        return object().description("A problem (RFC 9457). Its type is always about:blank, so it is left out.")
                .required(List.of("status", "title"))
                .addProperty(
                        "status",
                        OASFactory.createSchema().addType(SchemaType.INTEGER).addExample(422))
                .addProperty("title", text("The status in words.").addExample("Unprocessable Content"))
                .addProperty("detail", text("What to do about it."))
                .addProperty("instance", text("The path that was asked for."))
                .addProperty("id", text("Only for server errors: the hub's log has details under this id."))
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
