package io.lorahub.web.problem;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Errors for clients of the Hugging Face Hub, which choose an exception by headers and print the messages. */
final class ModelHubErrors {

    private static final String CODE = "X-Error-Code";
    private static final String MESSAGE = "X-Error-Message";

    /** Clients compare the whole text, to tell an invalid token from a missing one. */
    private static final String INVALID_TOKEN = "Invalid credentials in Authorization header";

    /** Kinds of repositories that clients know. The hub has models only. */
    private static final Pattern OF_REPOSITORY = Pattern.compile("/api/(?:models|datasets|spaces|kernels)/.+");

    /**
     * Functions of a repository. What this hub has of them names its own code, but not for a name without a publisher,
     * which no repository has.
     */
    private static final Pattern BELOW_MODEL = Pattern.compile(
            "/api/models/[^/]+/(?!(?:revision|tree|commits|commit|preupload|paths-info|branch|tag)/)[^/]+/.+");

    private static final String NOT_OFFERED =
            "This hub doesn't offer what the client asks for. It has no discussions and no pull requests, copies no"
                    + " repositories and removes no commits.";

    private static final int LONGEST_HEADER = 400;

    /** Headers hold nothing else. Clients read other messages in the body only, instead of printing a maimed copy as well. */
    private static final Pattern VISIBLE_ASCII = Pattern.compile("[\\x20-\\x7e]*");

    private ModelHubErrors() {}

    static Map<String, String> headers(ProblemException problem, HttpServerRequest request) {
        Map<String, String> headers = new HashMap<>();
        String message = straight(message(problem, request));
        if (VISIBLE_ASCII.matcher(message).matches()) {
            headers.put(MESSAGE, message.substring(0, Math.min(LONGEST_HEADER, message.length())));
        }
        if (problem.type() == ProblemType.NOT_FOUND
                && !isNotOffered(problem, request)
                && OF_REPOSITORY.matcher(request.path()).matches()) {
            headers.put(CODE, "RepoNotFound");
        }
        headers.putAll(problem.headers());
        return headers;
    }

    private static String message(ProblemException problem, HttpServerRequest request) {
        if (isNotOffered(problem, request)) return NOT_OFFERED;
        boolean token = request.headers().contains(HttpHeaders.AUTHORIZATION);
        return problem.type() == ProblemType.UNAUTHORIZED && token ? INVALID_TOKEN : problem.getMessage();
    }

    private static boolean isNotOffered(ProblemException problem, HttpServerRequest request) {
        return problem.type() == ProblemType.NOT_FOUND
                && !problem.headers().containsKey(CODE)
                && BELOW_MODEL.matcher(request.path()).matches();
    }

    /** With the quotation marks of the header; clients print what differs from it a second time. */
    private static String straight(String text) {
        return text.replaceAll("[“”]", "\"");
    }

    /** The problem details, with the messages once more under the names that clients read. */
    static ObjectNode body(ObjectMapper json, ProblemException problem, HttpServerRequest request, String id) {
        ObjectNode body = json.valueToTree(problem.problem(request.path(), id));
        body.put("error", straight(message(problem, request)));
        if (isNotOffered(problem, request)) body.put("detail", NOT_OFFERED);
        ArrayNode errors = body.putArray("errors");
        for (FieldError cause : problem.causes()) errors.addObject().put("message", straight(cause.message()));
        return body;
    }
}
