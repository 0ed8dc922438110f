package io.lorahub.adapter.publication;

import io.lorahub.web.FieldError;
import java.util.List;
import java.util.stream.Collectors;

/** The reasons why something cannot be published, all reported at once. */
public class PublishingException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<FieldError> causes;

    public PublishingException(List<FieldError> causes) {
        super(causes.stream().map(FieldError::message).collect(Collectors.joining(" ")));
        this.causes = List.copyOf(causes);
    }

    public List<FieldError> causes() {
        return causes;
    }
}
