package io.lorahub.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.recipe.EngineVersion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/** Talks to one hub. Redirects are not followed, as the token would go to their target. */
public final class HubClient {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration CONNECT = Duration.ofSeconds(10);
    static final Duration ANSWER = Duration.ofMinutes(1);

    /** A text that is written may take as long as the hub allows. */
    private static final Duration TEXT = Duration.ofMinutes(10);

    private static final String TEXTS = "/v1/";
    private static final String EVENT = "data: ";

    private final Login login;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();

    private final String hint;

    public HubClient(Login login) {
        this(login, "");
    }

    private HubClient(Login login, String hint) {
        this.login = login;
        this.hint = hint;
    }

    /** For a hub that only a file names, whose author would otherwise get the token. */
    public static HubClient withoutToken(URI server, String file) {
        return new HubClient(
                new Login(server, ""),
                " Your token was not sent to %s, because only the %s names it; if you trust it, add --server %s."
                        .formatted(server, file, server));
    }

    /** A sentence to add if the hub may only hide something from anonymous users; else empty. */
    public String hint() {
        return hint;
    }

    public URI server() {
        return login.server();
    }

    /** @throws RemoteException also if the response isn't JSON */
    public JsonNode get(String path) {
        return json(request(path).timeout(ANSWER).GET(), path);
    }

    public JsonNode post(String path, JsonNode body) {
        return json(posting(path, body), path);
    }

    /**
     * Reads the events of OpenAI's API as they come.
     *
     * @throws RemoteException if the hub refuses or fails, or the stream ends before its end
     */
    public void stream(String path, JsonNode body, Consumer<JsonNode> events) {
        HttpResponse<InputStream> answer = send(posting(path, body), BodyHandlers.ofInputStream());
        if (answer.statusCode() >= 400) throw refusal(answer, path);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals(EVENT + "[DONE]")) return;
                if (!line.startsWith(EVENT)) continue;
                JsonNode event = JSON.readTree(line.substring(EVENT.length()));
                if (event.has("error")) throw HubErrorException.of(answer.statusCode(), event, path, hint);
                events.accept(event);
            }
        } catch (IOException e) {
            throw new ConnectionLost("The connection to %s was lost.".formatted(login.server()), true, e);
        }
        throw new RemoteException("%s ended the answer before its end.".formatted(login.server()));
    }

    /** @param key the Idempotency-Key, by which the hub recognises a repeated request */
    public JsonNode post(String path, JsonNode body, String key) {
        return json(posting(path, body).header("Idempotency-Key", key), path);
    }

    private HttpRequest.Builder posting(String path, JsonNode body) {
        return sending("POST", path, body);
    }

    /** A merge patch (RFC 7396), regardless of concurrent changes. */
    JsonNode patch(String path, JsonNode body) {
        return json(sending("PATCH", path, body).header("If-Match", "*"), path);
    }

    private HttpRequest.Builder sending(String method, String path, JsonNode body) {
        return request(path)
                .timeout(path.startsWith(TEXTS) ? TEXT : ANSWER)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body.toString()));
    }

    public void delete(String path) {
        required(send(request(path).timeout(ANSWER).DELETE(), BodyHandlers.ofByteArray()), path);
    }

    /** For callers that check the status themselves. @throws ConnectionLost if there is no answer */
    public <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> handler) {
        try {
            HttpResponse<T> answer = http.send(request.build(), handler);
            if (answer.statusCode() / 100 == 3 && answer.statusCode() != 304) throw moved(answer);
            return answer;
        } catch (HttpConnectTimeoutException | ConnectException e) {
            throw new ConnectionLost(
                    "No hub answers at %s; is it running, and is the address right? (--server sets it)"
                            .formatted(login.server()),
                    false,
                    e);
        } catch (SSLException e) {
            throw new RemoteException(
                    "The encrypted connection to %s failed: %s. Is the address right? A certificate of your own authority needs JAVA_OPTS=-Djavax.net.ssl.trustStore=FILE."
                            .formatted(login.server(), EngineException.reason(e)),
                    e);
        } catch (HttpTimeoutException e) {
            throw new ConnectionLost("%s gave no answer in time.".formatted(login.server()), true, e);
        } catch (IOException e) {
            throw new ConnectionLost("The connection to %s was lost.".formatted(login.server()), true, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteException("Interrupted.", e);
        }
    }

    public HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(login.server() + path))
                .header("User-Agent", "lorahub/" + EngineVersion.current())
                .header("Accept", "application/json, */*;q=0.5");
        if (!login.token().isEmpty()) request.header("Authorization", "Bearer " + login.token());
        return request;
    }

    /** Encodes one segment of a path. */
    public static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    public HubErrorException refusal(int status, byte[] body, String path) {
        try {
            return HubErrorException.of(status, JSON.readTree(body), path, hint);
        } catch (IOException e) {
            return HubErrorException.of(status, null, path, hint);
        }
    }

    HubErrorException refusal(HttpResponse<InputStream> answer, String path) {
        try (InputStream body = answer.body()) {
            return refusal(answer.statusCode(), body.readNBytes(1 << 20), path);
        } catch (IOException e) {
            return HubErrorException.of(answer.statusCode(), null, path, hint);
        }
    }

    private JsonNode json(HttpRequest.Builder request, String path) {
        byte[] body = required(send(request, BodyHandlers.ofByteArray()), path);
        try {
            return JSON.readTree(new String(body, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new RemoteException(
                    "%s doesn't answer like a LoraHub; is the address right?".formatted(login.server()), e);
        }
    }

    private byte[] required(HttpResponse<byte[]> answer, String path) {
        if (answer.statusCode() >= 400) throw refusal(answer.statusCode(), answer.body(), path);
        return answer.body();
    }

    private RemoteException moved(HttpResponse<?> answer) {
        return new RemoteException("%s redirects to %s; use that with --server if it is the hub."
                .formatted(
                        login.server(), answer.headers().firstValue("Location").orElse("another address")));
    }
}
