package io.lorahub.testsupport.routes;

import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of docs/permissions.md. */
public final class PermissionTable {

    private static final Path FILE = Checkout.path("docs/permissions.md");

    private static final Pattern ONLY_IN_BROWSER = Pattern.compile("- `((?:POST|PUT|DELETE|PATCH) /[^`]+)`");

    /** Columns before those of the callers: method, path, of what. */
    private static final int HEAD = 3;

    /** Who asks; the words are the heads of the columns. */
    public enum Caller {
        ANONYMOUS,
        OTHER,
        OWNER,
        MODERATOR,
        ADMIN,
        READ_TOKEN,
        WRITE_TOKEN;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * @param of  which of several things the path is filled with; empty where there is one kind only
     * @param answers what each caller gets
     */
    public record Row(String method, String path, String of, Map<Caller, String> answers) {

        public String title() {
            return method + " " + path + (of.isEmpty() ? "" : " (" + of + ")");
        }

        public Row with(Map<Caller, String> others) {
            return new Row(method, path, of, others);
        }

        private String line() {
            return "| %s | `%s` | %s | %s |"
                    .formatted(
                            method,
                            path,
                            of,
                            Arrays.stream(Caller.values()).map(answers::get).collect(Collectors.joining(" | ")));
        }
    }

    private PermissionTable() {}

    public static List<Row> read() {
        return lines().filter(line -> line.startsWith("|") && line.contains("`/"))
                .map(PermissionTable::row)
                .toList();
    }

    /** What no token can do though the role of its person allows it: method and path, as listed below the tables' rules. */
    public static Set<String> neverByToken() {
        return lines().map(ONLY_IN_BROWSER::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> lines() {
        try {
            return Files.readAllLines(FILE).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In the form of the table, so that one can compare. */
    public static void write(Path file, Collection<Row> rows) {
        try {
            Files.write(file, rows.stream().map(Row::line).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(String line) {
        List<String> cells =
                Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList();
        Caller[] callers = Caller.values();
        if (cells.size() != HEAD + callers.length) {
            throw new IllegalStateException("A row of %s has %d cells: %s".formatted(FILE, cells.size(), line));
        }
        Map<Caller, String> answers = new TreeMap<>();
        for (Caller caller : callers) answers.put(caller, cells.get(HEAD + caller.ordinal()));
        return new Row(cells.get(0), cells.get(1).replace("`", ""), cells.get(2), answers);
    }
}
