package io.lorahub.web.problem;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;

/** Errors for clients of OpenAI's API, which choose an exception by the status and print the message. */
public final class OpenAiErrors {

    /** A problem's header with the code that clients look for, where the status doesn't tell it. */
    public static final String CODE = "X-Error-Code";

    private OpenAiErrors() {}

    /** For what else OpenAI's API has, such as responses and embeddings. */
    static ProblemException unknown(HttpServerRequest request) {
        String why =
                "%s %s is not supported. This hub has GET /v1/models, POST /v1/completions and POST /v1/chat/completions."
                        .formatted(request.method(), request.path());
        return new ProblemException(
                ProblemType.NOT_FOUND, ProblemType.NOT_FOUND.headline, why, List.of(), Map.of(CODE, "unknown_url"));
    }

    /** OpenAI answers values that need a change with 400. */
    static int status(ProblemException problem) {
        return problem.type() == ProblemType.INVALID ? ProblemType.BAD_REQUEST.status : problem.status();
    }

    public static ObjectNode body(ProblemException problem) {
        List<FieldError> causes = problem.causes();
        String field = causes.isEmpty() ? "" : causes.get(0).field();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("error")
                .put("message", message(problem))
                .put("type", kind(problem))
                .put("param", field.isEmpty() ? null : field)
                .put("code", code(problem, field));
        return body;
    }

    private static String message(ProblemException problem) {
        if (problem.type() == ProblemType.UNAUTHORIZED) {
            return "The API key must be an access token of this hub that is neither revoked nor expired; create one at"
                    + " /settings/tokens. Visitors, where they are allowed, send the key none.";
        }
        return problem.causes().size() == 1 ? problem.causes().get(0).message() : problem.getMessage();
    }

    private static String kind(ProblemException problem) {
        if (problem.type() == ProblemType.TOO_MANY) return "requests";
        return problem.status() >= 500 ? "server_error" : "invalid_request_error";
    }

    private static String code(ProblemException problem, String field) {
        if (problem.headers().containsKey(CODE)) return problem.headers().get(CODE);
        return switch (problem.type()) {
            case UNAUTHORIZED -> "invalid_api_key";
            case FORBIDDEN -> "insufficient_permissions";
            case NOT_FOUND -> field.equals("model") ? "model_not_found" : "unknown_url";
            case TOO_MANY -> "rate_limit_exceeded";
            case TOO_LARGE -> "request_too_large";
            case METHOD_NOT_ALLOWED -> "method_not_supported";
            default -> null;
        };
    }
}
