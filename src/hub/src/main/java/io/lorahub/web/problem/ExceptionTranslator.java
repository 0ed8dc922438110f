package io.lorahub.web.problem;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import io.lorahub.database.DatabaseOutage;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import io.quarkus.logging.Log;
import io.quarkus.security.AuthenticationException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.ext.web.handler.HttpException;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.PessimisticLockException;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.hibernate.exception.LockAcquisitionException;
import org.jboss.resteasy.reactive.server.core.multipart.FormData;

/** Translates an exception, ours or a library's, for the sender of the request. */
final class ExceptionTranslator {

    private static final Map<String, String> BEARER = Map.of(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"LoraHub\"");

    /** PostgreSQL's codes for NUL in text and in JSON. */
    private static final Set<String> UNSTORABLE = Set.of("22021", "22P05");

    private static final String UNUSABLE = "A file that this needs is missing or damaged in the hub's storage."
            + " The operator has been told; uploading the same file again repairs it.";

    /** PostgreSQL's code for a violated unique constraint. */
    private static final String UNIQUE = "23505";

    private ExceptionTranslator() {}

    /** Any unknown exception is a server error. */
    static ProblemException of(Throwable failure) {
        return request(failure)
                .or(() -> DatabaseOutage.causes(failure)
                        .flatMap(cause -> within(cause).stream())
                        .findFirst())
                .orElseGet(() -> new ProblemException(ProblemType.INTERNAL, Map.of()));
    }

    /** Whether the framework rejected the request, before or after it reached one of our methods. */
    static boolean isOfFramework(Throwable failure) {
        return failure instanceof WebApplicationException || failure instanceof HttpException;
    }

    /**
     * The framework's own verdict on the request. As nested causes, the same exceptions concern our own files and rows.
     */
    private static Optional<ProblemException> request(Throwable failure) {
        if (failure instanceof JacksonException malformed) return Optional.of(malformed(malformed));
        if (failure instanceof ConstraintViolationException invalid) return violations(invalid);
        if (failure instanceof WebApplicationException web) return web(web);
        if (failure instanceof HttpException http) return status(http.getStatusCode(), Map.of());
        return Optional.empty();
    }

    /** Exceptions that keep their meaning when transactions and proxies have wrapped them. */
    private static Optional<ProblemException> within(Throwable failure) {
        if (failure instanceof ProblemException problem) return Optional.of(problem);
        if (failure instanceof UnauthorizedException || failure instanceof AuthenticationException) {
            return Optional.of(new ProblemException(ProblemType.UNAUTHORIZED, BEARER));
        }
        if (failure instanceof ForbiddenException forbidden) return Optional.of(forbidden(forbidden));
        if (failure instanceof UnusableObjectException) return Optional.of(ProblemException.internal(UNUSABLE));
        if (isLongForm(failure))
            return Optional.of(ProblemException.tooLarge("The form has too many fields; send fewer at a time."));
        return database(failure);
    }

    /** The framework throws an exception without a type of its own. */
    private static boolean isLongForm(Throwable failure) {
        StackTraceElement[] trace = failure.getStackTrace();
        return failure.getClass() == RuntimeException.class
                && trace.length > 0
                && trace[0].getClassName().equals(FormData.class.getName());
    }

    /** The framework throws these without a message; ours give the reason. */
    private static ProblemException forbidden(ForbiddenException failure) {
        return failure.getMessage() == null
                ? new ProblemException(ProblemType.FORBIDDEN, Map.of())
                : ProblemException.forbidden(failure.getMessage());
    }

    private static Optional<ProblemException> web(WebApplicationException failure) {
        if (failure.getCause() instanceof JacksonException malformed) {
            return Optional.of(malformed(malformed));
        }
        String allowed = failure.getResponse().getHeaderString(HttpHeaders.ALLOW);
        Map<String, String> headers = allowed == null ? Map.of() : Map.of(HttpHeaders.ALLOW, allowed);
        return status(failure.getResponse().getStatus(), headers);
    }

    private static Optional<ProblemException> status(int status, Map<String, String> headers) {
        ProblemType type = ProblemType.nearest(status);
        if (type == ProblemType.INTERNAL) return Optional.empty();
        return Optional.of(new ProblemException(type, type == ProblemType.UNAUTHORIZED ? BEARER : headers));
    }

    private static Optional<ProblemException> database(Throwable failure) {
        if (failure instanceof OptimisticLockException
                || failure instanceof PessimisticLockException
                || failure instanceof LockAcquisitionException) {
            return Optional.of(new ProblemException(ProblemType.CONFLICT, Map.of()));
        }
        if (failure instanceof org.hibernate.exception.ConstraintViolationException violation) {
            return constraint(violation);
        }
        return Outage.of(failure).or(() -> unstorable(failure));
    }

    /**
     * Reports only that two requests stored the same name at the same time; every other constraint guards against our
     * own bugs.
     */
    private static Optional<ProblemException> constraint(
            org.hibernate.exception.ConstraintViolationException violation) {
        if (!UNIQUE.equals(violation.getSQLState())) return Optional.empty();
        Log.infof("Refused as a conflict: the unique constraint %s.", violation.getConstraintName());
        return Optional.of(new ProblemException(ProblemType.CONFLICT, Map.of()));
    }

    private static Optional<ProblemException> unstorable(Throwable failure) {
        if (failure instanceof SQLException sql && UNSTORABLE.contains(String.valueOf(sql.getSQLState()))) {
            return Optional.of(ProblemException.badRequest(
                    "It contains a null character (code 0), which isn't allowed. Leave it out."));
        }
        return Optional.empty();
    }

    /** Says where a JSON body is wrong, without Jackson's messages, which name our classes. */
    private static ProblemException malformed(JacksonException failure) {
        // Within an object, Jackson wraps the exception.
        if (isNoJson(failure) || isNoJson(failure.getCause())) {
            return ProblemException.badRequest("The body is not JSON" + place(failure) + ".");
        }
        String field = failure instanceof JsonMappingException mapping ? field(mapping) : "";
        String message = failure instanceof UnrecognizedPropertyException
                ? "There is no such field."
                : "This value has the wrong type.";
        return new ProblemException(
                ProblemType.BAD_REQUEST,
                ProblemType.BAD_REQUEST.headline,
                "The JSON object is not of the expected form" + place(failure) + ".",
                List.of(new FieldError(field, message)),
                Map.of());
    }

    /** A number that is too large for its field is still JSON. */
    private static boolean isNoJson(Throwable failure) {
        return failure instanceof StreamReadException && !(failure instanceof InputCoercionException);
    }

    private static String place(JacksonException failure) {
        JsonLocation location = failure.getLocation();
        return location == null || location.getLineNr() < 1
                ? ""
                : ": line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    /** Path of the field, as in "examples[2].input". */
    private static String field(JsonMappingException failure) {
        return failure.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
    }

    /**
     * Turns Bean Validation's violations into causes, with the field names that the sender used.
     *
     * @return empty if our answer is invalid rather than the request, which is a server error
     */
    private static Optional<ProblemException> violations(ConstraintViolationException failure) {
        boolean ours = failure.getConstraintViolations().stream()
                .anyMatch(
                        violation -> nodes(violation).stream().anyMatch(n -> n.getKind() == ElementKind.RETURN_VALUE));
        if (ours) return Optional.empty();
        return Optional.of(ProblemException.invalid(failure.getConstraintViolations().stream()
                .map(ExceptionTranslator::cause)
                .sorted(Comparator.comparing(FieldError::field).thenComparing(FieldError::message))
                .toList()));
    }

    /** The name of a body parameter is ours and means nothing to the sender. */
    private static FieldError cause(ConstraintViolation<?> violation) {
        return isMissingBody(violation)
                ? new FieldError("The body is missing; send a JSON object.")
                : new FieldError(field(violation), sentence(violation.getMessage()));
    }

    private static boolean isMissingBody(ConstraintViolation<?> violation) {
        List<Path.Node> nodes = nodes(violation);
        if (violation.getInvalidValue() != null || nodes.size() != 2) return false;
        if (nodes.get(0).getKind() != ElementKind.METHOD || nodes.get(1).getKind() != ElementKind.PARAMETER)
            return false;
        int index = nodes.get(1).as(Path.ParameterNode.class).getParameterIndex();
        return nodes.get(0)
                .as(Path.MethodNode.class)
                .getParameterTypes()
                .get(index)
                .isRecord();
    }

    /**
     * Turns {@code create.card.title} of a method's parameter into {@code title}, and {@code list.limit} into
     * {@code limit}.
     */
    private static String field(ConstraintViolation<?> violation) {
        List<Path.Node> nodes = nodes(violation);
        List<Path.Node> properties = nodes.stream()
                .filter(node ->
                        node.getKind() == ElementKind.PROPERTY || node.getKind() == ElementKind.CONTAINER_ELEMENT)
                .toList();
        if (properties.isEmpty())
            return nodes.isEmpty() ? "" : nodes.get(nodes.size() - 1).getName();
        StringBuilder name = new StringBuilder();
        for (Path.Node node : properties) {
            if (node.getIndex() != null)
                name.append('[').append(node.getIndex()).append(']');
            if (node.getKind() == ElementKind.PROPERTY) {
                if (name.length() > 0) name.append('.');
                name.append(node.getName());
            }
        }
        return name.toString();
    }

    private static List<Path.Node> nodes(ConstraintViolation<?> violation) {
        return StreamSupport.stream(violation.getPropertyPath().spliterator(), false)
                .toList();
    }

    /** The standard messages are half sentences: "must not be blank". */
    private static String sentence(String message) {
        if (message.isEmpty() || Character.isUpperCase(message.charAt(0))) return message;
        return "This " + message + ".";
    }
}
