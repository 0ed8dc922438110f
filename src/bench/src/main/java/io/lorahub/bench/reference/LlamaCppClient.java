package io.lorahub.bench.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.generation.FinishReason;
import io.lorahub.engine.generation.GeneratedToken;
import io.lorahub.engine.generation.GeneratedToken.Token;
import io.lorahub.engine.generation.GenerationListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Asks a llama-server for texts, token by token ({@code POST /completion}). */
final class LlamaCppClient implements ServingMeasurement.TextServer, AutoCloseable {

    private static final String EVENT = "data: ";

    private final URI address;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    /** A thread for each request. */
    private final ExecutorService requests = Executors.newCachedThreadPool();

    LlamaCppClient(URI address) {
        this.address = address;
    }

    /** Whether the model is loaded. */
    boolean isReady() throws InterruptedException {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(address.resolve("/health")).build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false; // it doesn't listen yet
        }
    }

    @Override
    public void generate(int[] prompt, int adapter, int tokens, GenerationListener listener) {
        requests.execute(() -> {
            try {
                read(prompt, adapter, tokens, listener);
                listener.end(FinishReason.LENGTH, "");
            } catch (IOException | UncheckedIOException e) {
                listener.failed(new EngineException("llama-server cannot be asked: %s".formatted(e.getMessage()), e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                listener.failed(new EngineException("The request to llama-server was interrupted.", e));
            } catch (EngineException e) {
                listener.failed(e);
            }
        });
    }

    private void read(int[] prompt, int adapter, int tokens, GenerationListener listener)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/completion"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(question(prompt, adapter, tokens).toString()))
                .build();
        HttpResponse<Stream<String>> response = send(request);
        int written = 0;
        try (Stream<String> lines = response.body()) {
            for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
                String line = each.next();
                if (response.statusCode() != 200 || line.startsWith("error: ")) {
                    throw new EngineException("llama-server refused a request: %s".formatted(line));
                }
                if (!line.startsWith(EVENT)) continue;
                JsonNode event = BenchOutput.JSON.readTree(line.substring(EVENT.length()));
                if (event.has("error")) {
                    throw new EngineException("llama-server failed: %s".formatted(event.path("error")));
                }
                for (JsonNode id : event.path("tokens")) {
                    listener.token(new GeneratedToken(
                            new Token(id.intValue(), "", Optional.empty()), "", Double.NaN, List.of()));
                    written++;
                }
            }
        }
        if (written != tokens) {
            throw new EngineException("llama-server wrote %d tokens instead of %d.".formatted(written, tokens));
        }
    }

    /** Sends it again if the server has just closed the connection, which it does with idle ones after some seconds. */
    private HttpResponse<Stream<String>> send(HttpRequest request) throws IOException, InterruptedException {
        try {
            return http.send(request, BodyHandlers.ofLines());
        } catch (IOException e) {
            return http.send(request, BodyHandlers.ofLines());
        }
    }

    /** The most probable tokens, with one adapter at weight 1, and nothing of earlier requests. */
    private static ObjectNode question(int[] prompt, int adapter, int tokens) {
        ObjectNode question = BenchOutput.JSON.createObjectNode();
        question.set("prompt", BenchOutput.JSON.valueToTree(prompt));
        question.put("n_predict", tokens)
                .put("temperature", 0)
                .put("top_k", 1)
                .put("ignore_eos", true)
                .put("cache_prompt", false)
                .put("stream", true)
                .put("return_tokens", true);
        question.putArray("lora").addObject().put("id", adapter).put("scale", 1.0);
        return question;
    }

    @Override
    public void close() {
        requests.shutdownNow();
    }
}
