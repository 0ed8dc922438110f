package io.lorahub.web;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Ends a request with a status and a sentence for its sender: an error page in a browser, problem details in the API.
 * Its texts are shown as they are, so they must contain nothing internal.
 */
public final class ProblemException extends RuntimeException {

    private final ProblemType type;
    private final String headline;
    private final transient List<FieldError> causes;
    private final Map<String, String> headers;

    public ProblemException(
            ProblemType type, String headline, String detail, List<FieldError> causes, Map<String, String> headers) {
        super(detail);
        this.type = type;
        this.headline = headline;
        this.causes = List.copyOf(causes);
        this.headers = Map.copyOf(headers);
    }

    public ProblemException(ProblemType type, Map<String, String> headers) {
        this(type, type.headline, type.detail, List.of(), headers);
    }

    private ProblemException(ProblemType type, String detail) {
        this(type, type.headline, detail, List.of(), Map.of());
    }

    public static ProblemException notFound() {
        return new ProblemException(ProblemType.NOT_FOUND, Map.of());
    }

    /**
     * Also for things that exist but that the viewer must not see, so that their existence is not revealed.
     *
     * @param what a noun: "adapter"
     */
    public static ProblemException notFound(String what) {
        ProblemType type = ProblemType.NOT_FOUND;
        return new ProblemException(type, "There is no " + what + " at this address", type.detail, List.of(), Map.of());
    }

    public static ProblemException badRequest(String why) {
        return new ProblemException(ProblemType.BAD_REQUEST, why);
    }

    public static ProblemException forbidden(String why) {
        return new ProblemException(ProblemType.FORBIDDEN, why);
    }

    /** The connection is closed afterwards. */
    public static ProblemException timeout(String why) {
        return new ProblemException(
                ProblemType.TIMEOUT, ProblemType.TIMEOUT.headline, why, List.of(), Map.of("Connection", "close"));
    }

    public static ProblemException conflict(String why) {
        return new ProblemException(ProblemType.CONFLICT, why);
    }

    /** A conflict that resolves itself. */
    public static ProblemException conflict(String why, Duration wait) {
        return waiting(ProblemType.CONFLICT, why, wait);
    }

    public static ProblemException gone(String why) {
        return new ProblemException(ProblemType.GONE, why);
    }

    /** If-Match names a state that is not the current one. */
    public static ProblemException changed() {
        return new ProblemException(ProblemType.PRECONDITION_FAILED, Map.of());
    }

    /** The change lacks the If-Match that it needs. */
    public static ProblemException needsIfMatch() {
        return new ProblemException(ProblemType.PRECONDITION_REQUIRED, Map.of());
    }

    public static ProblemException tooLarge(String why) {
        return new ProblemException(ProblemType.TOO_LARGE, why);
    }

    /** @param size total size in bytes */
    public static ProblemException noSuchRange(String why, long size) {
        ProblemType type = ProblemType.RANGE_NOT_SATISFIABLE;
        return new ProblemException(type, type.headline, why, List.of(), Map.of("Content-Range", "bytes */" + size));
    }

    public static ProblemException invalid(List<FieldError> causes) {
        String detail = causes.size() == 1 ? causes.get(0).message() : causes.size() + " values need a change.";
        return invalid(detail, causes);
    }

    public static ProblemException invalid(String detail, List<FieldError> causes) {
        return new ProblemException(ProblemType.INVALID, ProblemType.INVALID.headline, detail, causes, Map.of());
    }

    public static ProblemException invalid(String field, String message) {
        return invalid(List.of(new FieldError(field, message)));
    }

    /** A server error that the sender can do something about. */
    public static ProblemException internal(String why) {
        return new ProblemException(ProblemType.INTERNAL, why);
    }

    public static ProblemException tooMany(String why, Duration wait) {
        return waiting(ProblemType.TOO_MANY, why, wait);
    }

    public static ProblemException unavailable(String why, Duration wait) {
        return waiting(ProblemType.UNAVAILABLE, why, wait);
    }

    /** The disk, or the sender's share of it, is nearly full. */
    public static ProblemException insufficientStorage(String why) {
        return new ProblemException(ProblemType.INSUFFICIENT_STORAGE, why);
    }

    private static ProblemException waiting(ProblemType type, String why, Duration wait) {
        String seconds = Long.toString(Math.max(1, wait.toSeconds()));
        return new ProblemException(type, type.headline, why, List.of(), Map.of("Retry-After", seconds));
    }

    public int status() {
        return type.status;
    }

    public List<FieldError> causes() {
        return causes;
    }

    public ProblemType type() {
        return type;
    }

    public String headline() {
        return headline;
    }

    public Map<String, String> headers() {
        return headers;
    }

    public Problem problem(String path, String id) {
        return new Problem(type.status, type.title, getMessage(), path, id, causes);
    }
}
