package io.lorahub.bench.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorahub.bench.reference.ServingMeasurement.TextServer;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.generation.FinishReason;
import io.lorahub.engine.generation.GeneratedToken;
import io.lorahub.engine.generation.GeneratedToken.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServingMeasurementTest {

    private static final int VOCABULARY = 100;

    private record Request(List<Integer> prompt, int adapter) {}

    private final List<Request> requests = new ArrayList<>();
    /** Writes the first tokens of the prompt. */
    private final TextServer echo = (prompt, adapter, tokens, listener) -> {
        List<Integer> ids = new ArrayList<>();
        for (int id : prompt) ids.add(id);
        requests.add(new Request(ids, adapter));
        for (int i = 0; i < tokens; i++) {
            listener.token(new GeneratedToken(new Token(prompt[i], "", Optional.empty()), "", Double.NaN, List.of()));
        }
        listener.end(FinishReason.LENGTH, "");
    };

    @Test
    void clients_take_the_adapters_in_turn_and_send_one_request_after_the_other() {
        ServingMeasurement measurement = new ServingMeasurement(3, 2, 5, 4, 2, 7);

        ServingMeasurement.Result result = measurement.of(echo, VOCABULARY);

        assertThat(requests).extracting(Request::adapter).containsExactly(0, 0, 1, 1, 0, 0);
        assertThat(requests).extracting(Request::prompt).doesNotHaveDuplicates();
        assertThat(result.texts())
                .containsExactly(
                        requests.get(0).prompt().subList(0, 4),
                        requests.get(2).prompt().subList(0, 4),
                        requests.get(4).prompt().subList(0, 4));
        assertThat(result.tokensPerSecond()).isPositive();
    }

    @Test
    void a_failed_request_ends_the_measurement() {
        TextServer failing =
                (prompt, adapter, tokens, listener) -> listener.failed(new EngineException("There is no room."));

        assertThatThrownBy(() -> new ServingMeasurement(1, 1, 5, 4, 1, 0).of(failing, VOCABULARY))
                .hasRootCauseMessage("There is no room.");
    }
}
