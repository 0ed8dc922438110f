package io.lorahub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;

/** Adapters of a hub, one a line. */
record SearchTable(PrintWriter out, AnsiStyle style) {

    private static final int NAME = 27;
    private static final int TITLE = 25;
    private static final String ROW = "%-" + NAME + "s  %-" + TITLE + "s  %4s  %9s  %5s%n";

    void print(JsonNode found) {
        JsonNode items = found.path("items");
        if (items.isEmpty()) {
            out.println("Nothing was found; try fewer words or fewer filters.");
            out.println("Only public adapters are searched.");
            return;
        }
        out.print(style.faint(ROW.formatted("ADAPTER", "TITLE", "RANK", "DOWNLOADS", "LIKES")));
        for (JsonNode item : items) {
            // a name that is too long keeps its line, so that it can be copied whole
            String name = clean(item, "publisher") + "/" + clean(item, "name");
            if (name.length() > NAME) out.println(style.strong(name));
            out.printf(
                    ROW.replaceFirst("%-" + NAME + "s", "%s"),
                    name.length() > NAME ? " ".repeat(NAME) : style.strong(("%-" + NAME + "s").formatted(name)),
                    TextLines.shortened(clean(item, "title"), TITLE),
                    item.path("rank").asText(),
                    item.path("downloads").asText(),
                    item.path("likes").asText());
        }
        int total = found.path("total").asInt(items.size());
        if (total > items.size()) {
            out.println();
            out.println(
                    style.faint("%d of %d; see more with --limit, fewer with filters.".formatted(items.size(), total)));
        }
        out.flush();
    }

    /** Others wrote it: what would steer the terminal is left out. */
    private static String clean(JsonNode item, String field) {
        return item.path(field).asText().replaceAll("\\p{Cntrl}", "");
    }
}
