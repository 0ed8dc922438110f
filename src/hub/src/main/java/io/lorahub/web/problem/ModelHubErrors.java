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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Errors for clients of the Hugging Face Hub, which choose an exception by headers and print the messages. */
final class ModelHubErrors {

    private static final String CODE = "X-Error-Code";
    private static final String MESSAGE = "X-Error-Message";

    /** Clients compare the whole text, to tell an invalid token from a missing one. */
    private static final String INVALID_TOKEN = "Invalid credentials in Authorization header";

    /** What the Hugging Face Hub says. Clients print their own explanation of a missing repository, and this only if it differs. */
    private static final String NO_REPOSITORY = "Repository not found";

    private static final Map<String, String> REPOSITORY_NOT_FOUND =
            Map.of(CODE, "RepoNotFound", MESSAGE, NO_REPOSITORY);

    /** Functions of a repository that the hub has, but for a name without a publisher, which no repository has. */
    private static final Pattern WITHOUT_PUBLISHER = Pattern.compile(
            "/api/models/([^/]+)/(?:revision|tree|commits|commit|preupload|paths-info|branch|tag|super-squash)/.+");

    /** Repositories of kinds that clients know and the hub doesn't have. */
    private static final Pattern OTHER_KIND = Pattern.compile(
            "/(?:api/)?(datasets|spaces|kernels)(?:-tags-by-type|/(?!semantic-search|hardware|templates).+)?");

    private static final Map<String, String> KINDS =
            Map.of("datasets", "data sets", "spaces", "Spaces", "kernels", "kernels");

    /** What the Hugging Face Hub has and this one hasn't, by the paths that its clients use; the first that fits decides. */
    private static final Map<Pattern, String> LACKING = new LinkedHashMap<>();

    private static final int LONGEST_HEADER = 400;

    /** Headers hold nothing else. Clients read other messages in the body only, instead of printing a maimed copy as well. */
    private static final Pattern VISIBLE_ASCII = Pattern.compile("[\\x20-\\x7e]*");

    static {
        lacks("/api/models/.+/discussions(?:/.*)?", "This hub has no discussions and no pull requests.");
        lacks(
                "/api/models/.+/user-access-re.+",
                "This hub has no gated repositories; make a repository private instead.");
        lacks(
                "/api/models/.+/duplicate",
                "This hub copies no repositories. Download it and upload it under the other name.");
        lacks("/api/models/.+/likers", "On this hub, only members themselves know what they like.");
        lacks("/api/collections(?:/.*)?", "This hub has no collections.");
        lacks("/api/settings/webhooks(?:/.*)?", "This hub has no webhooks.");
        lacks("/api/(?:scheduled-)?jobs(?:/.*)?", "This hub runs no jobs.");
        lacks("/api/(?:daily_)?papers(?:/.*)?", "This hub has no papers.");
        lacks("/api/buckets(?:/.*)?", "This hub has no buckets.");
        lacks("/api/spaces(?:/.*)?", "This hub has no Spaces; its repositories are models.");
        lacks("/api/(?:users|organizations)/[^/]+/follow(?:ers|ing)", "On this hub, nobody follows anybody.");
        lacks("/api/organizations/[^/]+/members", "This hub shows nobody the members of an organization.");
        lacks(".+\\.git/.+", "This hub has no Git. Clients read and write over HTTP: hf download, hf upload.");
        lacks(".*", "This hub doesn't have this function of the Hugging Face Hub.");
    }

    private static void lacks(String path, String sentence) {
        LACKING.put(Pattern.compile(path), sentence);
    }

    private ModelHubErrors() {}

    /** Whether the framework has taken the function for a part of the name. */
    static boolean namesNoRepository(ProblemException problem, String path) {
        return !problem.headers().containsKey(CODE)
                && WITHOUT_PUBLISHER.matcher(path).matches();
    }

    /** For paths at which the hub has nothing, whatever the method. */
    static ProblemException unknown(String path) {
        Matcher nobody = WITHOUT_PUBLISHER.matcher(path);
        if (nobody.matches())
            return notFound("There is no repository %s.".formatted(nobody.group(1)), REPOSITORY_NOT_FOUND);
        Matcher kind = OTHER_KIND.matcher(path);
        if (kind.matches()) {
            return notFound(
                    "This hub has no %s; its repositories are models.".formatted(KINDS.get(kind.group(1))),
                    isList(path) ? Map.of() : Map.of(CODE, "RepoNotFound"));
        }
        String sentence = LACKING.entrySet().stream()
                .filter(lack -> lack.getKey().matcher(path).matches())
                .findFirst()
                .orElseThrow()
                .getValue();
        return notFound(sentence, Map.of());
    }

    /** Whether it is an address of all repositories of a kind, not of one. */
    private static boolean isList(String path) {
        return path.lastIndexOf('/') == "/api".length();
    }

    private static ProblemException notFound(String sentence, Map<String, String> headers) {
        ProblemType type = ProblemType.NOT_FOUND;
        return new ProblemException(type, type.headline, sentence, List.of(), headers);
    }

    static Map<String, String> headers(ProblemException problem, HttpServerRequest request) {
        Map<String, String> headers = new HashMap<>();
        String message = straight(message(problem, request));
        if (VISIBLE_ASCII.matcher(message).matches()) {
            headers.put(MESSAGE, message.substring(0, Math.min(LONGEST_HEADER, message.length())));
        }
        headers.putAll(problem.headers());
        return headers;
    }

    private static String message(ProblemException problem, HttpServerRequest request) {
        if (NO_REPOSITORY.equals(problem.headers().get(MESSAGE))) return NO_REPOSITORY;
        boolean token = request.headers().contains(HttpHeaders.AUTHORIZATION);
        return problem.type() == ProblemType.UNAUTHORIZED && token ? INVALID_TOKEN : problem.getMessage();
    }

    /** With the quotation marks of the header; clients print what differs from it a second time. */
    private static String straight(String text) {
        return text.replaceAll("[“”]", "\"");
    }

    /** The problem details, with the messages once more under the names that clients read. */
    static ObjectNode body(ObjectMapper json, ProblemException problem, HttpServerRequest request, String id) {
        ObjectNode body = json.valueToTree(problem.problem(request.path(), id));
        body.put("error", straight(message(problem, request)));
        ArrayNode errors = body.putArray("errors");
        for (FieldError cause : problem.causes()) errors.addObject().put("message", straight(cause.message()));
        return body;
    }
}
