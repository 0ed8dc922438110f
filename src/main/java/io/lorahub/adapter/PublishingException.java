package io.lorahub.adapter;

import io.lorahub.web.Cause;
import java.util.List;
import java.util.stream.Collectors;

/** Why something cannot be published as it is, with all causes at once. */
public class PublishingException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient List<Cause> causes;

    public PublishingException(List<Cause> causes) {
        super(causes.stream().map(Cause::message).collect(Collectors.joining(" ")));
        this.causes = List.copyOf(causes);
    }

    public List<Cause> causes() {
        return causes;
    }
}
