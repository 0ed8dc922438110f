package io.lorahub.organisation;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/**
 * The parts of a browser that a sign-in through two sites needs: redirects, forms, and cookies by path. All sites are
 * on this machine, which browsers treat as secure, so Secure does not matter.
 */
final class SimpleBrowser {

    private static final int MOST_REDIRECTS = 12;

    private record Cookie(String name, String path) {}

    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
    private final Map<Cookie, String> cookies = new LinkedHashMap<>();

    private URI at;
    private int status;
    private Document page;

    SimpleBrowser open(URI address) {
        return send(address, HttpRequest.newBuilder(address).GET());
    }

    /** Has a cookie of our site already. */
    SimpleBrowser with(String name, String value) {
        cookies.put(new Cookie(name, "/"), value);
        return this;
    }

    /** Follows the link of this text. */
    SimpleBrowser click(String text) {
        Element link = page.select("a").stream()
                .filter(element -> element.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No link \"" + text + "\" at " + at + ": " + page.text()));
        return open(URI.create(link.absUrl("href")));
    }

    /** Fills in and sends the form with this button; other fields keep their values. */
    SimpleBrowser submit(String button, String... fields) {
        Element form = page.select("form").stream()
                .filter(element -> element.select("button, input[type=submit]").stream()
                        .anyMatch(control -> (control.text() + control.val()).contains(button)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No form with \"" + button + "\" at " + at + ": " + page.text()));
        Map<String, String> values = new TreeMap<>();
        form.select("input[type=hidden], input[name]").forEach(input -> values.put(input.attr("name"), input.val()));
        for (int i = 0; i < fields.length; i += 2) values.put(fields[i], fields[i + 1]);
        String body = values.entrySet().stream()
                .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                .collect(Collectors.joining("&"));
        URI target = URI.create(form.absUrl("action"));
        return send(
                target,
                HttpRequest.newBuilder(target)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Sec-Fetch-Site", "same-origin")
                        .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    URI at() {
        return at;
    }

    int status() {
        return status;
    }

    Document page() {
        return page;
    }

    /** The names of the cookies of our site that hold something. */
    String cookies() {
        return cookies.keySet().stream().map(Cookie::name).collect(Collectors.joining(" "));
    }

    private SimpleBrowser send(URI address, HttpRequest.Builder builder) {
        HttpResponse<String> answer = exchange(address, builder);
        for (int i = 0; answer.statusCode() / 100 == 3; i++) {
            if (i == MOST_REDIRECTS) throw new AssertionError("redirected without end, at last to " + address);
            address = address.resolve(answer.headers().firstValue("Location").orElseThrow());
            answer = exchange(address, HttpRequest.newBuilder(address).GET());
        }
        at = address;
        status = answer.statusCode();
        page = Jsoup.parse(answer.body(), at.toString());
        return this;
    }

    private HttpResponse<String> exchange(URI address, HttpRequest.Builder builder) {
        try {
            String sent = cookies.entrySet().stream()
                    .filter(entry -> address.getPath().startsWith(entry.getKey().path()))
                    .map(entry -> entry.getKey().name() + "=" + entry.getValue())
                    .collect(Collectors.joining("; "));
            if (!sent.isEmpty()) builder.header("Cookie", sent);
            HttpResponse<String> answer =
                    client.send(builder.header("Accept", "text/html").build(), HttpResponse.BodyHandlers.ofString());
            answer.headers().allValues("Set-Cookie").forEach(this::storeCookie);
            return answer;
        } catch (IOException e) {
            throw new AssertionError(address + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private void storeCookie(String header) {
        String[] parts = header.split(";");
        String[] pair = parts[0].split("=", 2);
        String path = "/";
        boolean ended = pair[1].isEmpty();
        for (String part : parts) {
            String attribute = part.strip();
            if (attribute.toLowerCase().startsWith("path=")) path = attribute.substring(5);
            if (attribute.equalsIgnoreCase("Max-Age=0")) ended = true;
        }
        Cookie cookie = new Cookie(pair[0], path);
        if (ended) cookies.remove(cookie);
        else cookies.put(cookie, pair[1]);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
