package io.lorahub.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * An error answer (RFC 9457, problem details). The type is always {@code about:blank} and therefore omitted;
 * {@code title} is then the reason phrase of the status.
 *
 * @param instance path of the request
 * @param id       key under which the log has more; only for server errors
 * @param causes   errors of single fields
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(int status, String title, String detail, String instance, String id, List<FieldError> causes) {

    public static final String MEDIA_TYPE = "application/problem+json";
}
