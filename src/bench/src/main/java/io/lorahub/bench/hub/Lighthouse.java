package io.lorahub.bench.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.bench.process.OtherProgram;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.names.EnumNames;
import io.lorahub.xdg.UserFolders;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** <a href="https://github.com/GoogleChrome/lighthouse">Lighthouse</a>, which loads a page in Chromium and rates it. */
record Lighthouse(Path folder) {

    static final String VERSION = "12.8.2";

    private static final List<String> CATEGORIES = List.of("performance", "accessibility", "best-practices", "seo");

    /** What it acts as, with the connection and the processor that it then simulates. */
    enum Device {
        PHONE(List.of()),
        DESKTOP(List.of("--preset=desktop"));

        private final List<String> words;

        Device(List<String> words) {
            this.words = words;
        }

        String word() {
            return EnumNames.of(this);
        }
    }

    /**
     * Scores from 0 to 100, times in seconds.
     *
     * @param failed audits of the categories other than performance that the page does not pass, by their titles
     */
    record Scores(
            double performance,
            double accessibility,
            double bestPractices,
            double seo,
            double firstPaint,
            double largestPaint,
            double blocking,
            double layoutShift,
            List<String> failed) {}

    /** Installed by npm into the cache folder at the first call. */
    static Lighthouse installed(BenchProgress progress) {
        Path folder = UserFolders.cache().resolve("lighthouse-" + VERSION);
        Lighthouse lighthouse = new Lighthouse(folder);
        if (Files.isRegularFile(lighthouse.program())) return lighthouse;
        progress.say("Installing Lighthouse %s by npm into %s (about 190 MB)".formatted(VERSION, folder));
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new EngineException("%s cannot be created: %s".formatted(folder, EngineException.reason(e)), e);
        }
        OtherProgram.run(
                folder, List.of("npm", "install", "--no-audit", "--no-fund", "--prefix", ".", "lighthouse@" + VERSION));
        return lighthouse;
    }

    private Path program() {
        return folder.resolve("node_modules/lighthouse/cli/index.js");
    }

    /** Loads a page once, with an empty cache. */
    Scores load(URI page, Device device) {
        List<String> command = new ArrayList<>(List.of("node", program().toString(), page.toString()));
        command.addAll(List.of("--quiet", "--output=json", "--only-categories=" + String.join(",", CATEGORIES)));
        command.add("--chrome-flags=--headless=new --no-sandbox");
        command.addAll(device.words);
        try {
            return scores(BenchOutput.JSON.readTree(OtherProgram.run(folder, command)));
        } catch (JsonProcessingException e) {
            throw new EngineException("Lighthouse's report of %s is not JSON.".formatted(page), e);
        }
    }

    private static Scores scores(JsonNode report) {
        if (report.has("runtimeError")) {
            throw new EngineException("Lighthouse cannot load %s: %s"
                    .formatted(
                            report.path("requestedUrl").asText(),
                            report.at("/runtimeError/message").asText()));
        }
        List<Double> scores = CATEGORIES.stream()
                .map(category -> 100
                        * report.at("/categories/%s/score".formatted(category)).asDouble())
                .toList();
        return new Scores(
                scores.get(0),
                scores.get(1),
                scores.get(2),
                scores.get(3),
                value(report, "first-contentful-paint") / 1000,
                value(report, "largest-contentful-paint") / 1000,
                value(report, "total-blocking-time") / 1000,
                value(report, "cumulative-layout-shift"),
                failed(report));
    }

    private static double value(JsonNode report, String audit) {
        return report.at("/audits/%s/numericValue".formatted(audit)).asDouble();
    }

    private static List<String> failed(JsonNode report) {
        List<String> titles = new ArrayList<>();
        for (String category : CATEGORIES.subList(1, CATEGORIES.size())) {
            for (JsonNode reference : report.at("/categories/%s/auditRefs".formatted(category))) {
                JsonNode audit = report.at("/audits/" + reference.path("id").asText());
                if (audit.path("score").isNumber() && audit.path("score").asDouble() < 1) {
                    titles.add(audit.path("title").asText());
                }
            }
        }
        return titles;
    }
}
