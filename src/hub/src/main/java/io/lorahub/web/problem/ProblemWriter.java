package io.lorahub.web.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.database.DatabaseOutage;
import io.lorahub.storage.StoreOutage;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.web.ApiPath;
import io.lorahub.web.CachePolicy;
import io.lorahub.web.HubCookie;
import io.lorahub.web.LocalPath;
import io.lorahub.web.Problem;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.lorahub.web.SessionCookie;
import io.quarkus.logging.Log;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes an error answer in the format that the client expects: problem details below /api and for scripts of pages,
 * otherwise a page. Needs a thread that can block, because the page frame queries the database.
 */
@ApplicationScoped
class ProblemWriter {

    private static final String HTML = "text/html;charset=UTF-8";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 5;
    private static final long OUTAGE_LINES = Duration.ofSeconds(10).toNanos();

    private final ObjectMapper json;
    private final ProblemPage page;
    private final MethodHints methodHints;
    private final HubCookie cookie;

    /** During an outage, logging is rate-limited: otherwise every request would log a line. */
    private final AtomicLong nextOutageLine = new AtomicLong(System.nanoTime());

    private final AtomicLong refusedForOutage = new AtomicLong();

    ProblemWriter(ObjectMapper json, ProblemPage page, MethodHints methodHints, SessionCookie session) {
        this.json = json;
        this.page = page;
        this.methodHints = methodHints;
        this.cookie = session.cookie();
    }

    ProblemResponse answer(Throwable failure, HttpServerRequest request) {
        ProblemException problem = ExceptionTranslator.of(failure);
        if (methodHints.isLacking(problem, request)) problem = ModelHubErrors.unknown(request.path());
        else if (methodHints.isLackingOfOpenAi(problem, request)) problem = OpenAiErrors.unknown(request);
        else if (ExceptionTranslator.isOfFramework(failure)) problem = methodHints.explained(problem, request);
        if (isOver(request)) {
            Log.infof("%s %s had already ended: %s", request.method(), request.path(), failure);
            return new ProblemResponse(problem.status(), Map.of(), HTML, "");
        }
        if (isOutage(problem, failure)) logOutage(failure, request);
        boolean unexpected = problem.type() == ProblemType.INTERNAL && !isDamage(failure);
        String id = unexpected ? logged(failure, request) : "";
        if (forPrograms(request)) return details(problem, request, id);
        if (problem.type() == ProblemType.UNAUTHORIZED) return seeOther(signInAddress(request));
        Optional<LocalPath> form = methodHints.pageWithForm(problem, request);
        return form.isPresent() ? seeOther(form.get().text()) : page(problem, request, id);
    }

    /** A missing or damaged file was logged when it was found, which is once. */
    private static boolean isDamage(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnusableObjectException) return true;
        }
        return false;
    }

    /** Excludes rejections with a reason of their own, such as a quota. */
    private static boolean isOutage(ProblemException problem, Throwable failure) {
        boolean without =
                problem.type() == ProblemType.UNAVAILABLE || problem.type() == ProblemType.INSUFFICIENT_STORAGE;
        return without && !(failure instanceof ProblemException);
    }

    private void logOutage(Throwable failure, HttpServerRequest request) {
        if (DatabaseOutage.isCause(failure)) return; // it is in the log already
        if (StoreOutage.isCause(failure)) { // nearly always it is, too
            Log.warn("A request was refused.", failure);
            return;
        }
        long count = refusedForOutage.incrementAndGet();
        long due = nextOutageLine.get();
        long now = System.nanoTime();
        if (now - due < 0 || !nextOutageLine.compareAndSet(due, now + OUTAGE_LINES)) return;
        refusedForOutage.addAndGet(-count);
        Log.warnf(
                "Requests that were refused for an outage: %d, the last of them %s %s: %s",
                count, request.method(), request.path(), root(failure));
    }

    private static Throwable root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) root = root.getCause();
        return root;
    }

    private static String logged(Throwable failure, HttpServerRequest request) {
        byte[] bytes = new byte[ID_BYTES];
        RANDOM.nextBytes(bytes);
        String hex = HexFormat.of().formatHex(bytes);
        String id = hex.substring(0, 4) + "-" + hex.substring(4, 8) + "-" + hex.substring(8);
        Log.errorf(failure, "Problem %s in %s %s.", id, request.method(), request.path());
        return id;
    }

    /** The client already has an answer, for example that the body is too long or too slow, or has disconnected. */
    static boolean isOver(HttpServerRequest request) {
        return request.response().ended() || request.response().closed();
    }

    private static boolean forPrograms(HttpServerRequest request) {
        return ApiPath.covers(request.path()) || byScript(request);
    }

    private static boolean byScript(HttpServerRequest request) {
        return request.getHeader("HX-Request") != null;
    }

    private ProblemResponse details(ProblemException problem, HttpServerRequest request, String id) {
        Map<String, String> headers = new HashMap<>(problem.headers());
        if (problem.type() == ProblemType.UNAUTHORIZED && byScript(request))
            headers.put("HX-Redirect", signInAddress(request));
        Object body = problem.problem(request.path(), id);
        if (ApiPath.isOfModelHub(request.path())) {
            headers.putAll(ModelHubErrors.headers(problem, request));
            body = ModelHubErrors.body(json, problem, request, id);
        }
        if (ApiPath.isOfOpenAi(request.path())) {
            String error = OpenAiErrors.body(problem).toString();
            return new ProblemResponse(OpenAiErrors.status(problem), headers, MediaType.APPLICATION_JSON, error);
        }
        try {
            return new ProblemResponse(problem.status(), headers, Problem.MEDIA_TYPE, json.writeValueAsString(body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A problem of texts and numbers can be written as JSON.", e);
        }
    }

    private ProblemResponse page(ProblemException problem, HttpServerRequest request, String id) {
        Map<String, String> headers = new HashMap<>(problem.headers());
        headers.put("Cache-Control", CachePolicy.NO_STORE.value());
        return new ProblemResponse(problem.status(), headers, HTML, page.render(problem, id));
    }

    private static ProblemResponse seeOther(String address) {
        return new ProblemResponse(
                303, Map.of("Location", address, "Cache-Control", CachePolicy.NO_STORE.value()), HTML, "");
    }

    /** Returns to the page after sign-in; for a form, to the page that contains it. */
    private String signInAddress(HttpServerRequest request) {
        boolean page = request.method() == HttpMethod.GET && !byScript(request);
        String next = page ? request.uri() : refererPath(request.getHeader(HttpHeaders.REFERER));
        return "/signin?next=" + URLEncoder.encode(LocalPath.orStart(next).text(), StandardCharsets.UTF_8)
                + (!hadSession(request) ? "" : isForm(request) ? "&note=not-saved" : "&note=signed-out");
    }

    private static boolean isForm(HttpServerRequest request) {
        return request.method() != HttpMethod.GET && request.method() != HttpMethod.HEAD;
    }

    /** A client that sends the session cookie but has to sign in was signed in before. */
    private boolean hadSession(HttpServerRequest request) {
        return cookie.in(request).isPresent();
    }

    private static String refererPath(String referer) {
        try {
            return referer == null ? "/" : URI.create(referer).getRawPath();
        } catch (IllegalArgumentException e) {
            return "/";
        }
    }
}
