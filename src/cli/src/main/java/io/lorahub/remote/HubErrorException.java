package io.lorahub.remote;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.StringJoiner;

/** An error response of the hub, with its reasons. */
public final class HubErrorException extends RemoteException {

    private final int status;

    private HubErrorException(int status, String message) {
        super(message);
        this.status = status;
    }

    /**
     * @param problem details as in RFC 9457, or an error of OpenAI's API, or null for any other response
     * @param hint    why no token was sent, where a token may help; else empty
     */
    static HubErrorException of(int status, JsonNode problem, String path, String hint) {
        if (status == 401) {
            return new HubErrorException(
                    status,
                    hint.isEmpty()
                            ? "The hub doesn't accept this token. Create one on its page Settings, Access tokens, and give it to lorahub login or in LORAHUB_TOKEN."
                            : "The hub requires a token." + hint);
        }
        if (problem == null || !problem.isObject()) {
            return new HubErrorException(
                    status, "The hub answered %d to %s, and not like a LoraHub.".formatted(status, path));
        }
        if (problem.path("error").has("message")) {
            return new HubErrorException(
                    status,
                    "The hub refused: " + problem.path("error").path("message").asText());
        }
        StringJoiner reasons = new StringJoiner("\n");
        for (JsonNode cause : problem.path("causes")) {
            String field = cause.path("field").asText();
            String message = cause.path("message").asText();
            reasons.add(field.isEmpty() ? message : field + ": " + message);
        }
        String detail = problem.path("detail").asText(problem.path("title").asText());
        return new HubErrorException(status, reasons.length() == 0 ? "The hub refused: " + detail : reasons.toString());
    }

    public int status() {
        return status;
    }
}
