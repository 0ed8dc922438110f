package io.lorahub.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudget;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerResponse;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Streams to clients that read, and to those that don't. */
class CompletionSenderTest {

    private final List<String> written = new ArrayList<>();
    private final List<Promise<Void>> writes = new ArrayList<>();
    private long now = Long.MAX_VALUE - 5; // a nanosecond clock can overflow
    private boolean full;
    private boolean reset;

    private final HttpServerResponse response = (HttpServerResponse) Proxy.newProxyInstance(
            HttpServerResponse.class.getClassLoader(), new Class<?>[] {HttpServerResponse.class}, this::called);

    private Object called(Object proxy, Method method, Object[] given) {
        return switch (method.getName()) {
            case "write" -> write((String) given[0]);
            case "writeQueueFull" -> full;
            case "reset" -> reset = true;
            case "setStatusCode", "setChunked", "putHeader" -> proxy;
            default -> throw new AssertionError(method);
        };
    }

    private Object write(String text) {
        written.add(text);
        Promise<Void> write = Promise.promise();
        writes.add(write);
        return write.future();
    }

    private CompletionSender sender(boolean stream) throws Exception {
        JsonNode body =
                new ObjectMapper().readTree("{\"model\":\"a/b\",\"prompt\":\"x\",\"stream\":%s}".formatted(stream));
        CompletionParameters parameters = CompletionParameters.ofCompletions(body);
        CompletionAnswer answer = new CompletionAnswer(parameters, UUID.randomUUID(), 1, 1, 0, RequestBudget.NONE);
        return new CompletionSender(parameters, answer, Map.of(), response, RequestBudget.NONE, () -> now);
    }

    private static List<GenerationEvent> token(String text) {
        return List.of(GenerationEvent.token(0, text, text, null, -0.5, null));
    }

    @Test
    void a_stream_that_is_read_has_any_length() throws Exception {
        CompletionSender sender = sender(true);
        for (int i = 0; i < 30; i++) {
            sender.written(token("x".repeat(100_000)), false);
            writes.get(i).complete();
        }
        sender.written(List.of(GenerationEvent.end(0, "", "stop")), true);

        assertThat(written).hasSize(31);
        assertThat(written.get(30)).endsWith("data: [DONE]\n\n");
        assertThat(sender.answer()).isCompleted();
        assertThat(reset).isFalse();
    }

    @Test
    void a_stream_that_nobody_reads_ends_before_much_of_it_waits() throws Exception {
        CompletionSender sender = sender(true);
        for (int i = 0; i < 10; i++) sender.written(token("x".repeat(100_000)), false);

        assertThatThrownBy(() -> sender.written(token("x".repeat(100_000)), false))
                .isInstanceOf(IllegalStateException.class);

        assertThat(reset).isTrue();
        assertThat(written).hasSize(10);
    }

    @Test
    void a_stream_that_nobody_reads_ends_after_a_while() throws Exception {
        CompletionSender sender = sender(true);
        full = true;
        sender.written(token("a"), false);
        now += Duration.ofSeconds(29).toNanos();
        sender.written(token("b"), false);
        full = false;
        sender.written(token("c"), false);
        full = true;
        sender.written(token("d"), false);
        now += Duration.ofSeconds(29).toNanos();
        assertThatCode(() -> sender.written(token("e"), false)).doesNotThrowAnyException();
        now += Duration.ofSeconds(2).toNanos();

        assertThatThrownBy(() -> sender.written(token("f"), false)).isInstanceOf(IllegalStateException.class);
        assertThat(reset).isTrue();
    }

    @Test
    void a_failure_is_the_answer_or_the_last_event_of_a_stream() throws Exception {
        ProblemException why = ProblemException.badRequest("Not today.");
        CompletionSender whole = sender(false);
        whole.written(token("a"), false);
        whole.failed(why);
        assertThat(whole.answer()).isCompletedExceptionally();
        assertThat(written).isEmpty();

        CompletionSender stream = sender(true);
        stream.written(token("a"), false);
        stream.failed(why);
        assertThat(stream.answer()).isCompleted();
        assertThat(written.get(1)).contains("Not today.").doesNotContain("[DONE]");
    }
}
