package io.lorahub.web.problem;

import io.lorahub.web.ApiPath;
import io.lorahub.web.FieldError;
import io.lorahub.web.LocalPath;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Explains what an address accepts when a request does not match. Of several classes that share a path, the framework
 * considers only one: it lists only that class's methods for OPTIONS, answers 404 for the methods of the others, and
 * never lists the allowed methods as RFC 9110 requires (section 15.5.6). It also treats an empty number or id in a
 * query as absent; here it is an error.
 */
@ApplicationScoped
class MethodHints {

    /** After authentication and the limits. */
    private static final int PRIORITY = -10;

    private static final int NO_CONTENT = 204;

    /** A parameter without a value. */
    private static final Pattern EMPTY = Pattern.compile("=(?:&|$)");

    private final Endpoints endpoints;

    MethodHints(Endpoints endpoints) {
        this.endpoints = endpoints;
    }

    void register(@Observes Filters filters) {
        filters.register(this::answer, PRIORITY);
    }

    private void answer(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.query() != null
                && ApiPath.covers(request.path())
                && EMPTY.matcher(request.query()).find()) {
            List<FieldError> unreadable =
                    endpoints.unreadable(request.method().name(), request.path(), request.params());
            if (!unreadable.isEmpty()) {
                context.fail(unreadable(unreadable));
                return;
            }
        }
        SortedSet<String> methods =
                request.method() == HttpMethod.OPTIONS ? endpoints.methods(request.path()) : new TreeSet<>();
        if (methods.isEmpty()) {
            context.next();
            return;
        }
        methods.add("OPTIONS");
        context.response()
                .setStatusCode(NO_CONTENT)
                .putHeader(HttpHeaders.ALLOW, String.join(", ", methods))
                .end();
    }

    /** Whether a client of the Hugging Face Hub asks for something that this hub lacks. Only a page may fit the path, by accident. */
    boolean isLacking(ProblemException problem, HttpServerRequest request) {
        ProblemType type = problem.type();
        return (type == ProblemType.NOT_FOUND || type == ProblemType.METHOD_NOT_ALLOWED)
                && ApiPath.isOfModelHub(request.path())
                && (!endpoints.isOfPrograms(request.path())
                        || ModelHubErrors.namesNoRepository(problem, request.path()));
    }

    /** Whether a client of OpenAI's API asks for something that this hub lacks; see {@link #isLacking}. */
    boolean isLackingOfOpenAi(ProblemException problem, HttpServerRequest request) {
        ProblemType type = problem.type();
        return (type == ProblemType.NOT_FOUND || type == ProblemType.METHOD_NOT_ALLOWED)
                && ApiPath.isOfOpenAi(request.path())
                && !endpoints.isOfPrograms(request.path());
    }

    /** @param problem the framework's verdict on the request */
    ProblemException explained(ProblemException problem, HttpServerRequest request) {
        String method = request.method().name();
        String path = request.path();
        if (problem.type() == ProblemType.NOT_FOUND) {
            List<FieldError> unreadable = endpoints.unreadable(method, path, request.params());
            if (!unreadable.isEmpty()) return unreadable(unreadable);
        }
        return switch (problem.type()) {
            case NOT_FOUND, METHOD_NOT_ALLOWED -> byMethod(problem, method, path);
            case UNSUPPORTED_MEDIA_TYPE -> unsupported(problem, endpoints.consumed(method, path));
            case NOT_ACCEPTABLE ->
                with(problem, "This is available as %s.", endpoints.produced(method, path), Map.of());
            default -> problem;
        };
    }

    /** Where to lead somebody who opens or reloads the address of a form, which can only be sent. */
    Optional<LocalPath> pageWithForm(ProblemException problem, HttpServerRequest request) {
        boolean reads = request.method() == HttpMethod.GET || request.method() == HttpMethod.HEAD;
        if (problem.type() != ProblemType.METHOD_NOT_ALLOWED || !reads) return Optional.empty();
        return endpoints.pageAbove(request.path()).map(LocalPath::orStart);
    }

    private ProblemException byMethod(ProblemException problem, String method, String path) {
        SortedSet<String> methods = endpoints.methods(path);
        if (methods.isEmpty() && ApiPath.covers(path)) return ProblemException.notFound();
        if (methods.isEmpty() || methods.contains(method)) return problem;
        ProblemType type = ProblemType.METHOD_NOT_ALLOWED;
        String detail = ApiPath.covers(path)
                ? "This address doesn't support %s; use %s.".formatted(method, words(methods))
                : type.detail;
        return new ProblemException(
                type, type.headline, detail, List.of(), Map.of("Allow", String.join(", ", methods)));
    }

    private static ProblemException unreadable(List<FieldError> causes) {
        ProblemType type = ProblemType.BAD_REQUEST;
        FieldError first = causes.get(0);
        return new ProblemException(type, type.headline, first.field() + ": " + first.message(), causes, Map.of());
    }

    private static ProblemException unsupported(ProblemException problem, SortedSet<String> types) {
        return with(problem, "This takes %s.", types, Map.of("Accept", String.join(", ", types)));
    }

    private static ProblemException with(
            ProblemException problem, String sentence, SortedSet<String> types, Map<String, String> headers) {
        if (types.isEmpty()) return problem;
        ProblemType type = problem.type();
        return new ProblemException(type, type.headline, sentence.formatted(words(types)), List.of(), headers);
    }

    /** Joins words as in "GET, HEAD and PUT". */
    private static String words(SortedSet<String> words) {
        if (words.size() == 1) return words.first();
        return String.join(", ", words.headSet(words.last())) + " and " + words.last();
    }
}
