package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Clients that ask a hub for texts, one after the other each, until a number of requests is reached. */
public final class CompletionLoad {

    /** How a request ended. */
    public enum End {
        /** With the whole text. */
        WHOLE,
        /** The client left in the middle. */
        LEFT,
        /** It was refused at once, with a status that says so, or nobody listened. */
        REFUSED,
        /** With an error, after it had been accepted. */
        FAILED,
        /** A part of a text that looks whole, or another text than the same request got before. */
        WRONG
    }

    private static final List<String> PROMPTS = List.of("lock", "happy", "the door", "paint", "kind");
    private static final int TOKENS = 16;
    private static final Set<Integer> REFUSALS = Set.of(429, 503);

    /** One of so many requests is left in the middle. */
    private static final int LEAVERS = 10;

    private final URI address;
    private final List<String> models;
    private final List<String> tokens;
    private final int requests;
    private final Duration pause;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final Map<End, AtomicInteger> ends = new EnumMap<>(End.class);
    private final Map<String, String> known = new ConcurrentHashMap<>();
    private final Collection<Double> seconds = new ConcurrentLinkedQueue<>();
    private final Collection<Double> firsts = new ConcurrentLinkedQueue<>();
    private final AtomicInteger written = new AtomicInteger();
    private final List<Thread> clients = new ArrayList<>();

    /**
     * @param tokens of the members who ask in turn
     * @param pause between the end of a client's request and its next one
     */
    public CompletionLoad(URI address, List<String> models, List<String> tokens, int requests, Duration pause) {
        this.address = address;
        this.models = models;
        this.tokens = tokens;
        this.requests = requests;
        this.pause = pause;
        for (End end : End.values()) ends.put(end, new AtomicInteger());
    }

    public void start(int count) {
        for (int i = 0; i < count; i++) {
            Thread client = new Thread(this::ask, "client-" + i);
            client.setDaemon(true);
            clients.add(client);
            client.start();
        }
    }

    void join() throws InterruptedException {
        for (Thread client : clients) client.join();
    }

    /**
     * Lets the clients end their requests.
     *
     * @return number of clients whose request hasn't ended after this time
     */
    public int end(Duration longest) throws InterruptedException {
        begun.set(requests);
        long end = System.nanoTime() + longest.toNanos();
        int left = 0;
        for (Thread client : clients) {
            client.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
            if (client.isAlive()) left++;
        }
        return left;
    }

    public int ended() {
        return ended.get();
    }

    public int count(End end) {
        return ends.get(end).get();
    }

    /** Times of the whole texts, in seconds. */
    public Collection<Double> seconds() {
        return seconds;
    }

    /** Times to the first part of texts that were streamed, in seconds. */
    Collection<Double> firsts() {
        return firsts;
    }

    int written() {
        return written.get();
    }

    private void ask() {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (int number = begun.getAndIncrement(); number < requests; number = begun.getAndIncrement()) {
            End end;
            try {
                end = ask(http, number);
            } catch (ConnectException e) {
                end = End.REFUSED;
            } catch (IOException e) {
                end = End.FAILED;
            } catch (InterruptedException e) {
                throw new EngineException("The measurement was interrupted.", e);
            }
            ends.get(end).incrementAndGet();
            ended.incrementAndGet();
            LockSupport.parkNanos(pause.toNanos());
        }
    }

    private End ask(HttpClient http, int number) throws IOException, InterruptedException {
        boolean streamed = number % 2 == 0;
        String model = models.get(number / 2 % models.size());
        String prompt = PROMPTS.get(number / 2 / models.size() % PROMPTS.size());
        ObjectNode body = BenchOutput.JSON
                .createObjectNode()
                .put("model", model)
                .put("prompt", prompt)
                .put("max_tokens", TOKENS)
                .put("temperature", 0)
                .put("stream", streamed);
        if (streamed) body.putObject("stream_options").put("include_usage", true);
        HttpRequest request = HttpRequest.newBuilder(address.resolve("/v1/completions"))
                .header("Authorization", "Bearer " + tokens.get(number % tokens.size()))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))
                .build();
        long start = System.nanoTime();
        HttpResponse<InputStream> answer = http.send(request, BodyHandlers.ofInputStream());
        try (InputStream in = answer.body()) {
            if (answer.statusCode() != 200) return REFUSALS.contains(answer.statusCode()) ? End.REFUSED : End.FAILED;
            if (number % LEAVERS == 0) {
                in.read();
                return End.LEFT;
            }
            String text = streamed ? streamed(in, start) : whole(in);
            if (text == null) return End.FAILED;
            seconds.add((System.nanoTime() - start) / 1e9);
            String before = known.putIfAbsent(model + " " + prompt, text);
            return before == null || before.equals(text) ? End.WHOLE : End.WRONG;
        }
    }

    private String whole(InputStream in) throws IOException {
        JsonNode answer = BenchOutput.JSON.readTree(in);
        return text(answer.at("/choices/0/text").asText(), answer.at("/choices/0/finish_reason"), answer);
    }

    /** Server-sent events up to {@code [DONE]}; null if there is an error among them, or they end before. */
    private String streamed(InputStream in, long start) throws IOException {
        StringBuilder text = new StringBuilder();
        JsonNode finish = BenchOutput.JSON.nullNode();
        JsonNode usage = BenchOutput.JSON.nullNode();
        for (String line : new String(first(in, start), StandardCharsets.UTF_8)
                .concat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                .split("\n")) {
            if (line.equals("data: [DONE]")) return text(text.toString(), finish, usage);
            if (!line.startsWith("data: ")) continue;
            JsonNode event = BenchOutput.JSON.readTree(line.substring(6));
            if (event.has("error")) return null;
            text.append(event.at("/choices/0/text").asText());
            if (event.at("/choices/0/finish_reason").isTextual()) finish = event.at("/choices/0/finish_reason");
            if (event.path("usage").isObject()) usage = event;
        }
        return null;
    }

    private byte[] first(InputStream in, long start) throws IOException {
        int first = in.read();
        firsts.add((System.nanoTime() - start) / 1e9);
        return first < 0 ? new byte[0] : new byte[] {(byte) first};
    }

    /** With a mark if it has no end, so that it equals no whole text. */
    private String text(String text, JsonNode finish, JsonNode answer) {
        written.addAndGet(answer.at("/usage/completion_tokens").asInt());
        return finish.isTextual() ? text : text + " (without an end)";
    }
}
