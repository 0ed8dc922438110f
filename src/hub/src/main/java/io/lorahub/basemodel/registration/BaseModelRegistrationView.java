package io.lorahub.basemodel.registration;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.engine.lora.config.CheckFinding;
import java.time.Instant;
import java.util.List;

/**
 * The registration of a base model as shown in the API.
 *
 * @param url of the registration in the API, a path on this site
 * @param state {@code checking}, {@code available} or {@code refused}
 * @param findings why it was refused; empty otherwise
 * @param begunAt when its check was started last; null if it waits
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BaseModelRegistrationView(
        String name,
        String url,
        String state,
        List<CheckFinding> findings,
        Instant createdAt,
        Instant begunAt,
        Instant endedAt) {

    public static final String PATH = "/api/v1/base-model-registrations";

    static BaseModelRegistrationView of(BaseModelRegistration entry) {
        return new BaseModelRegistrationView(
                entry.name(),
                PATH + "/" + entry.name(),
                entry.state().word(),
                entry.findings(),
                entry.createdAt(),
                entry.begunAt(),
                entry.endedAt());
    }
}
