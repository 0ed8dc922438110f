package io.lorahub.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The table of docs/permissions.md. */
public final class PermissionTable {

    private static final Path FILE = Path.of("docs", "permissions.md");

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
        try {
            return Files.readAllLines(FILE).stream()
                    .filter(line -> line.startsWith("|") && line.contains("`/"))
                    .map(PermissionTable::row)
                    .toList();
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
