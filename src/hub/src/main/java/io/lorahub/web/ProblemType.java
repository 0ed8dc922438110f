package io.lorahub.web;

import java.util.List;
import java.util.Optional;

/** Every error status that the hub answers, with the reason phrase of RFC 9110 and a wording for people. */
public enum ProblemType {
    BAD_REQUEST(400, "Bad Request", "This request could not be understood", "Go back, change it and try again."),
    UNAUTHORIZED(401, "Unauthorized", "Sign in first", "Sign in, or send a valid access token."),
    FORBIDDEN(403, "Forbidden", "You can't do this", "You don't have permission for this."),
    NOT_FOUND(
            404,
            "Not Found",
            "There is nothing at this address",
            "It may have been renamed or taken down, or it is private and you aren't signed in with an account that can see it."),
    METHOD_NOT_ALLOWED(
            405,
            "Method Not Allowed",
            "This address doesn't support that",
            "Perhaps a form's address was opened as a page. Go to the page with the form."),
    NOT_ACCEPTABLE(406, "Not Acceptable", "It isn't available in that format", "Ask for another media type."),
    TIMEOUT(
            408,
            "Request Timeout",
            "The rest of the request didn't arrive",
            "Send it again, faster or in smaller pieces."),
    CONFLICT(409, "Conflict", "This conflicts with another change", "Reload the page and look at what changed."),
    GONE(410, "Gone", "This is no longer here", "It was deleted."),
    PRECONDITION_FAILED(
            412, "Precondition Failed", "This has changed", "Get it again and repeat the change with its new ETag."),
    TOO_LARGE(413, "Content Too Large", "This is too large", "Send less at a time."),
    UNSUPPORTED_MEDIA_TYPE(
            415, "Unsupported Media Type", "This kind of content isn't supported here", "Send another media type."),
    RANGE_NOT_SATISFIABLE(
            416, "Range Not Satisfiable", "The file has no such part", "Ask for a range within its length."),
    MISDIRECTED(
            421,
            "Misdirected Request",
            "This isn't the address of this hub",
            "Use the address that its operator gave you."),
    INVALID(422, "Unprocessable Content", "Some values need a change", "Change them and send it again."),
    PRECONDITION_REQUIRED(
            428, "Precondition Required", "If-Match is missing", "Send the ETag that you got in the header If-Match."),
    TOO_MANY(429, "Too Many Requests", "That was too much at once", "Wait a little, then try again."),
    INTERNAL(
            500,
            "Internal Server Error",
            "Something went wrong on our side",
            "Try again in a minute. If it keeps happening, send the id to the operator, who finds details in the log."),
    UNAVAILABLE(503, "Service Unavailable", "The hub is busy", "Try again in a few seconds."),
    INSUFFICIENT_STORAGE(507, "Insufficient Storage", "There is no space left", "Delete what you no longer need.");

    private static final List<ProblemType> ALL = List.of(values());

    public final int status;
    final String title;
    public final String headline;
    public final String detail;

    ProblemType(int status, String title, String headline, String detail) {
        this.status = status;
        this.title = title;
        this.headline = headline;
        this.detail = detail;
    }

    public static Optional<ProblemType> of(int status) {
        return ALL.stream().filter(type -> type.status == status).findFirst();
    }

    /**
     * The nearest type for a status that the hub itself never answers: 418 becomes a bad request, 502 a server error.
     */
    public static ProblemType nearest(int status) {
        return of(status).orElse(status >= 400 && status < 500 ? BAD_REQUEST : INTERNAL);
    }
}
