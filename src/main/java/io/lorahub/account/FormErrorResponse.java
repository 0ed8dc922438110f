package io.lorahub.account;

import io.lorahub.web.FieldError;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.function.Function;

/** Shows a form again that a service refused. */
public final class FormErrorResponse {

    private FormErrorResponse() {}

    /** @param page the form's template, given what is wrong */
    public static Response show(ProblemException problem, Function<FormErrors, Object> page) {
        List<FieldError> causes =
                problem.causes().isEmpty() ? List.of(new FieldError(problem.getMessage())) : problem.causes();
        return Response.status(problem.status())
                .entity(page.apply(FormErrors.of(causes)))
                .build();
    }
}
