package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/** What a browser with an empty cache loads for a page: the page, styles, scripts and pictures. */
final class PageWeights {

    private final BenchHubClient client;
    private final Map<String, Integer> known = new HashMap<>();

    PageWeights(BenchHubClient client) {
        this.client = client;
    }

    /** In bytes as sent, that is, compressed. */
    ArrayNode measure(Collection<String> paths) {
        ArrayNode pages = BenchOutput.JSON.createArrayNode();
        paths.forEach(path -> pages.add(measure(path)));
        return pages;
    }

    private ObjectNode measure(String path) {
        HttpResponse<byte[]> page = load(path);
        Document document = Jsoup.parse(text(page));
        int styles = sum(document.select("link[rel=stylesheet]").eachAttr("href"));
        int scripts = sum(document.select("script[src]").eachAttr("src"));
        int pictures = sum(document.select("link[rel=icon]").eachAttr("href"))
                + sum(document.select("img[src]").eachAttr("src"));
        return BenchOutput.JSON
                .createObjectNode()
                .put("path", path)
                .put("html", page.body().length)
                .put("css", styles)
                .put("js", scripts)
                .put("pictures", pictures)
                .put("bytes", page.body().length + styles + scripts + pictures);
    }

    private int sum(List<String> addresses) {
        return addresses.stream()
                .distinct()
                .mapToInt(address -> known.computeIfAbsent(address, a -> load(a).body().length))
                .sum();
    }

    private HttpResponse<byte[]> load(String path) {
        return client.send(
                client.to(path).header("Accept", "text/html,*/*").header("Accept-Encoding", "gzip"),
                BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> page) {
        if (!page.headers().firstValue("Content-Encoding").orElse("").equals("gzip")) {
            return new String(page.body(), StandardCharsets.UTF_8);
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(page.body()))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("The page isn't compressed as its header says.", e);
        }
    }
}
