package io.lorahub.testsupport.routes;

import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of docs/permissions.md. A line has requests, what they name if there are several kinds of it, and what
 * each caller gets. Line breaks separate requests and kinds; a line without requests belongs to those above it.
 */
public final class PermissionTable {

    private static final Path FILE = Checkout.path("docs/permissions.md");

    private static final Pattern ONLY_IN_BROWSER = Pattern.compile("- `((?:POST|PUT|DELETE|PATCH) /[^`]+)`");

    private static final Pattern REQUEST = Pattern.compile("`([A-Z]+) (/[^`]*)`");

    private static final String BREAK = "<br>";

    /** Columns before those of the callers: requests, of what. */
    private static final int HEAD = 2;

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

        private String request() {
            return "`%s %s`".formatted(method, path);
        }

        private String cells() {
            return Arrays.stream(Caller.values()).map(answers::get).collect(Collectors.joining(" | "));
        }
    }

    private PermissionTable() {}

    /** A row for each request and each thing that it can name. */
    public static List<Row> read() {
        List<Row> rows = new ArrayList<>();
        List<String> requests = List.of();
        for (String line : lines().filter(text -> text.startsWith("|")).toList()) {
            List<String> cells = cells(line);
            if (cells.get(0).equals("Requests") || cells.get(0).startsWith("---")) continue;
            if (!cells.get(0).isEmpty()) requests = List.of(cells.get(0).split(BREAK));
            for (String request : requests) {
                for (String of : cells.get(1).split(BREAK)) rows.add(row(request, of, cells));
            }
        }
        return rows;
    }

    /** What no token can do though the role of its person allows it: method and path, as listed above the tables. */
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

    /** In the form of the tables, so that one can compare. */
    public static void write(Path file, Collection<Row> rows) {
        // By request and by its answers, the things that it names.
        Map<String, Map<String, List<String>>> seen = new LinkedHashMap<>();
        for (Row row : rows) {
            seen.computeIfAbsent(row.request(), request -> new LinkedHashMap<>())
                    .computeIfAbsent(row.cells(), cells -> new ArrayList<>())
                    .add(row.of());
        }
        List<String> lines = new ArrayList<>();
        List<String> same = new ArrayList<>();
        Map<String, List<String>> answers = Map.of();
        for (Map.Entry<String, Map<String, List<String>>> next : seen.entrySet()) {
            if (!next.getValue().equals(answers)) {
                lines.addAll(group(same, answers));
                same.clear();
                answers = next.getValue();
            }
            same.add(next.getKey());
        }
        lines.addAll(group(same, answers));
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param answers the things that have these answers, by the answers' cells */
    private static List<String> group(List<String> requests, Map<String, List<String>> answers) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, List<String>> row : answers.entrySet()) {
            String first = lines.isEmpty() ? String.join(BREAK, requests) : "";
            String of = String.join(BREAK, row.getValue());
            lines.add("| %s | %s | %s |".formatted(first, of, row.getKey()));
        }
        return lines;
    }

    private static List<String> cells(String line) {
        List<String> cells =
                Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList();
        if (cells.size() != HEAD + Caller.values().length) {
            throw new IllegalStateException("A row of %s has %d cells: %s".formatted(FILE, cells.size(), line));
        }
        return cells;
    }

    private static Row row(String request, String of, List<String> cells) {
        Matcher matcher = REQUEST.matcher(request);
        if (!matcher.matches()) throw new IllegalStateException("No request in %s: %s".formatted(FILE, request));
        Map<Caller, String> answers = new TreeMap<>();
        for (Caller caller : Caller.values()) answers.put(caller, cells.get(HEAD + caller.ordinal()));
        return new Row(matcher.group(1), matcher.group(2), of, answers);
    }
}
