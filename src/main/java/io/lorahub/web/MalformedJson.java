package io.lorahub.web;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamReadException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Says where a JSON body is wrong, in no words of Jackson's, which name our classes. */
final class MalformedJson {

    private MalformedJson() {}

    static ProblemException problem(JacksonException failure) {
        // Within an object, Jackson wraps it.
        if (isNoJson(failure) || isNoJson(failure.getCause())) {
            return ProblemException.badRequest("The body is not JSON" + place(failure) + ".");
        }
        String field = failure instanceof JsonMappingException mapping ? field(mapping) : "";
        String message = failure instanceof UnrecognizedPropertyException
                ? "There is no such field."
                : "This is not a value of the kind that is expected here.";
        return new ProblemException(
                ProblemType.BAD_REQUEST,
                ProblemType.BAD_REQUEST.headline,
                "The JSON object is not of the expected form" + place(failure) + ".",
                List.of(new FieldError(field, message)),
                Map.of());
    }

    /** A number that is too large for its field is JSON all the same. */
    private static boolean isNoJson(Throwable failure) {
        return failure instanceof StreamReadException && !(failure instanceof InputCoercionException);
    }

    private static String place(JacksonException failure) {
        JsonLocation location = failure.getLocation();
        return location == null || location.getLineNr() < 1
                ? ""
                : ": line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    /** As in "examples[2].input". */
    private static String field(JsonMappingException failure) {
        return failure.getPath().stream()
                .map(step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : "." + step.getFieldName())
                .collect(Collectors.joining())
                .replaceFirst("^\\.", "");
    }
}
