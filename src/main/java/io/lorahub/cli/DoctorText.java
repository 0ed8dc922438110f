package io.lorahub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import org.apache.commons.text.WordUtils;

/** What a hub's doctor found in an upload, as {@code inspect} shows what it found. */
record DoctorText(PrintWriter out, AnsiStyle style) {

    private static final int MOST = 20;

    void print(JsonNode upload) {
        int shown = 0;
        for (JsonNode check : upload.path("findings")) {
            String state = check.path("state").asText();
            String note = check.path("note").asText();
            out.println("  " + coloured(state) + " " + check.path("title").asText()
                    + (note.isEmpty() ? "" : style.faint(". " + note)));
            for (JsonNode finding : check.path("findings")) {
                if (shown++ < MOST) printFinding(finding);
            }
        }
        if (shown > MOST) out.println("  %d more findings; --json lists all.".formatted(shown - MOST));
        String failure = upload.path("failure").asText();
        if (!failure.isEmpty()) out.println("  " + style.bad("failed") + "   " + failure);
        out.flush();
    }

    private void printFinding(JsonNode finding) {
        out.println(indented("- ", finding.path("message").asText()));
        String fix = finding.path("fix").asText();
        if (!fix.isEmpty()) out.println(style.faint(indented("  ", fix)));
    }

    private static String indented(String mark, String text) {
        return "           " + mark
                + WordUtils.wrap(text.replaceAll("\\p{Cntrl}", " "), TextLines.COLUMNS - 14, "\n             ", false);
    }

    private String coloured(String state) {
        String text = "%-8s".formatted(state);
        return switch (state) {
            case "passed" -> style.good(text);
            case "warned" -> style.caution(text);
            case "failed" -> style.bad(text);
            default -> style.faint(text);
        };
    }
}
