package io.lorahub.web.guard;

import io.lorahub.web.ApiPath;
import io.lorahub.web.Format;
import io.lorahub.web.ProblemException;
import io.lorahub.web.WebConfig;
import io.quarkus.security.UnauthorizedException;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.stream.IntStream;

/** Rejects a body that exceeds the limit of its path, before the body is read. */
@ApplicationScoped
class BodyLimit {

    /** Right after the server's own limit, which is the same for all paths; it respects the limit set here. */
    private static final int PRIORITY = 1;

    /** Members get an address there for each file that they send; bodies for unknown ones are not read. */
    private static final String SECRET_ADDRESSES = "/api/lfs/";

    private final WebConfig config;

    BodyLimit(WebConfig config) {
        this.config = config;
    }

    void register(@Observes Filters filters) {
        filters.register(this::check, PRIORITY);
    }

    private void check(RoutingContext context) {
        HttpServerRequest request = context.request();
        long limit = limit(request.path());
        if (length(request) > limit) {
            refuse(
                    context,
                    ProblemException.tooLarge("The limit is %s, but %s were sent.%s"
                            .formatted(Format.bytes(limit), Format.bytes(length(request)), hint(request))));
            return;
        }
        if (isAnonymous(context) && !request.path().startsWith(SECRET_ADDRESSES)) limit = Math.min(limit, smallest());
        if (length(request) > limit) {
            refuse(context, new UnauthorizedException());
            return;
        }
        // Applies to a body of unknown length, which is cut off when it exceeds the limit.
        context.put(VertxHttpRecorder.MAX_REQUEST_SIZE_KEY, limit);
        context.next();
    }

    private static void refuse(RoutingContext context, RuntimeException reason) {
        context.response().putHeader(HttpHeaders.CONNECTION, "close");
        context.fail(reason);
    }

    /** Only members can send files, so bodies of anonymous callers are not read at all. */
    private static boolean isAnonymous(RoutingContext context) {
        return !(context.user() instanceof QuarkusHttpUser user)
                || user.getSecurityIdentity().isAnonymous();
    }

    private long smallest() {
        return config.maxBody().asLongValue();
    }

    /** Help for a person whose form was rejected and who does not know that the input is not lost. */
    private static String hint(HttpServerRequest request) {
        return ApiPath.covers(request.path())
                ? ""
                : " Go back in your browser, where your input is kept, and choose a smaller file.";
    }

    private long limit(String path) {
        return config.maxBodyAt().entrySet().stream()
                .filter(entry -> fits(path.split("/", -1), entry.getKey().split("/", -1)))
                .map(entry -> entry.getValue().asLongValue())
                .findFirst()
                .orElseGet(this::smallest);
    }

    private static boolean fits(String[] path, String[] pattern) {
        return path.length == pattern.length
                && IntStream.range(0, path.length)
                        .allMatch(i -> pattern[i].startsWith("{") || pattern[i].equals(path[i]));
    }

    /** Content length announced by the request; 0 if unknown. */
    private static long length(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? 0 : Long.parseLong(length.strip());
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
