package io.lorahub.generation;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudget;
import io.lorahub.web.problem.OpenAiErrors;
import io.vertx.core.http.HttpServerResponse;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Sends what is written for one request, on the thread that reads it. A stream whose client doesn't read is cut off, which ends
 * the generation, too.
 */
final class CompletionSender implements GenerationStreams.Reader {

    private static final String EVENTS = "text/event-stream;charset=UTF-8";

    /** How long a client of a stream can leave the connection full. */
    private static final Duration UNREAD = Duration.ofSeconds(30);

    /** The most bytes of a stream that wait for the connection. */
    private static final int LONGEST_QUEUE = 1 << 20;

    private final CompletionParameters parameters;
    private final CompletionAnswer text;
    private final Map<String, String> headers;
    private final HttpServerResponse response;
    private final RequestBudget budget;
    private final LongSupplier nanoTime;
    private final CompletableFuture<Response> answer = new CompletableFuture<>();
    private final AtomicLong queued = new AtomicLong();
    private boolean begun;
    private boolean full;
    private long fullSince;

    CompletionSender(
            CompletionParameters parameters,
            CompletionAnswer text,
            Map<String, String> headers,
            HttpServerResponse response,
            RequestBudget budget,
            LongSupplier nanoTime) {
        this.parameters = parameters;
        this.text = text;
        this.headers = headers;
        this.response = response;
        this.budget = budget;
        this.nanoTime = nanoTime;
    }

    /** Completes when the whole answer is there, or has been sent as a stream. */
    CompletionStage<Response> answer() {
        return answer;
    }

    /** @throws IllegalStateException if the client of a stream doesn't read it */
    @Override
    public void written(List<GenerationEvent> events, boolean last) {
        text.add(events);
        if (parameters.stream()) send(last);
        else if (last) answer.complete(whole());
    }

    private Response whole() {
        Response.ResponseBuilder whole = Response.ok(text.whole(), MediaType.APPLICATION_JSON_TYPE);
        headers.forEach(whole::header);
        return whole.build();
    }

    private void send(boolean last) {
        begin();
        StringBuilder lines = new StringBuilder();
        text.chunks().forEach(chunk -> lines.append(data(chunk)));
        if (last) {
            if (parameters.usageInStream()) lines.append(data(text.usageChunk()));
            lines.append("data: [DONE]\n\n");
        }
        if (!lines.isEmpty()) write(lines.toString());
        if (last) answer.complete(sent());
    }

    private void write(String lines) {
        int length = lines.getBytes(StandardCharsets.UTF_8).length;
        requireReader(length);
        budget.hold(length);
        queued.addAndGet(length);
        response.write(lines).onComplete(done -> {
            queued.addAndGet(-length);
            budget.release(length);
        });
    }

    private void requireReader(int length) {
        boolean wasFull = full;
        full = response.writeQueueFull();
        if (full && !wasFull) fullSince = nanoTime.getAsLong();
        boolean late = full && nanoTime.getAsLong() - fullSince > UNREAD.toNanos();
        if (!late && (queued.get() == 0 || queued.get() + length <= LONGEST_QUEUE)) return;
        response.reset(); // it can't be told anything
        throw new IllegalStateException("The client doesn't read the stream.");
    }

    private void begin() {
        if (begun) return;
        begun = true;
        response.setStatusCode(200)
                .setChunked(true)
                .putHeader("Content-Type", EVENTS)
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Accel-Buffering", "no"); // a proxy such as nginx would collect pieces
        headers.forEach(response::putHeader);
    }

    private static String data(ObjectNode chunk) {
        return "data: " + chunk + "\n\n";
    }

    /** The framework only ends the response, but may set its type before the first piece has left. */
    private static Response sent() {
        return Response.ok().type(EVENTS).build();
    }

    /** Without [DONE], so that no client takes what it has for the whole. */
    @Override
    public void failed(ProblemException why) {
        if (!begun) {
            answer.completeExceptionally(why);
            return;
        }
        response.write(data(OpenAiErrors.body(why)));
        answer.complete(sent());
    }
}
