package io.lorahub;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Everything that the documents and package-infos refer to exists. */
class DocumentsTest {

    private static final List<String> MODULES = List.of("engine", "hub", "cli", "bench");

    /** Classes that are not ours. */
    private static final Set<String> FOREIGN = Set.of("Instant", "Optional", "Path", "UnauthorizedException");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
    private static final Pattern FENCED = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern CLASS =
            Pattern.compile("(?:`(?:[a-z]+/)*|\\{@code\\s+(?:\\*\\s+)?)([A-Z][a-z]\\w+)[`}]");
    private static final Pattern PLACE = Pattern.compile("`((?:[a-z]+/)+[A-Z]\\w+)`");

    @Test
    void links_lead_somewhere() {
        assertThat(documents().flatMap(DocumentsTest::brokenLinks)).isEmpty();
    }

    @Test
    void classes_that_are_named_exist() {
        Set<String> classes = files(Checkout.path("src"), ".java")
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        Stream<Path> naming = Stream.concat(
                Stream.of(
                        Checkout.path("CONTRIBUTING.md"),
                        Checkout.path("docs/architecture.md"),
                        Checkout.path("docs/templates.md")),
                files(Checkout.path("src"), "package-info.java"));

        assertThat(naming.flatMap(file -> matches(CLASS, read(file))
                        .filter(name -> !classes.contains(name) && !FOREIGN.contains(name))
                        .map(name -> file + ": " + name)))
                .isEmpty();
    }

    @Test
    void contributing_names_the_folders_in_which_classes_are() {
        List<String> places =
                matches(PLACE, read(Checkout.path("CONTRIBUTING.md"))).toList();

        assertThat(places)
                .hasSizeGreaterThan(20)
                .allMatch(place -> MODULES.stream()
                        .anyMatch(module -> Files.exists(
                                Checkout.path("src/%s/src/main/java/io/lorahub/%s.java".formatted(module, place)))));
    }

    /** The numbers of levels 1 and 2 of version 5.0, and classes that show them. */
    @Test
    void security_answers_each_requirement_once_and_names_tests_that_there_are() {
        Set<String> classes = files(Checkout.path("src"), ".java")
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toSet());
        List<String> numbers = new ArrayList<>();
        for (String line : read(Checkout.path("docs/security.md")).lines().toList()) {
            String[] cells = line.split("\\|");
            if (cells.length != 5 || !cells[1].strip().matches("[0-9][0-9., ]+")) continue;
            numbers.addAll(List.of(cells[1].strip().split(", ")));
            assertThat(cells[2].strip()).as(line).isIn("yes", "no", "n/a");
            assertThat(cells[2].strip().equals("no") && cells[3].isBlank())
                    .as(line)
                    .isFalse();
            if (cells[4].strip().equals("–")) continue;
            assertThat(List.of(cells[4].replace("*", "").strip().split(", ")))
                    .as(line)
                    .allMatch(classes::contains);
        }
        assertThat(numbers).doesNotHaveDuplicates().hasSize(253);
    }

    private static Stream<String> brokenLinks(Path document) {
        return matches(LINK, FENCED.matcher(read(document)).replaceAll(""))
                .filter(link -> !link.startsWith("http"))
                .filter(link -> !leads(document, link))
                .map(link -> document + ": " + link);
    }

    private static boolean leads(Path document, String link) {
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty()
                ? document
                : document.resolveSibling(parts[0]).normalize();
        return Files.exists(target) && (parts.length == 1 || anchors(target).contains(parts[1]));
    }

    /** As GitHub derives them from headings. */
    private static List<String> anchors(Path document) {
        return matches(HEADING, FENCED.matcher(read(document)).replaceAll(""))
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .toList();
    }

    private static Stream<Path> documents() {
        Stream<Path> root = Stream.of(
                        "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "CODE_OF_CONDUCT.md")
                .map(Checkout::path);
        return Stream.concat(root, files(Checkout.path("docs"), ".md"));
    }

    private static Stream<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results().map((MatchResult result) -> result.group(1));
    }

    private static Stream<Path> files(Path folder, String end) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.toString().endsWith(end)).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
