package io.lorahub.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * An answer that says what went wrong (RFC 9457, problem details). The type is always {@code about:blank} and so left
 * out; {@code title} is then the status in words.
 *
 * @param instance the path that was asked for
 * @param id under which the log has more; only for faults of ours
 * @param causes what is wrong with which field
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(int status, String title, String detail, String instance, String id, List<FieldError> causes) {

    public static final String MEDIA_TYPE = "application/problem+json";
}
