package io.lorahub.engine.jinja.value;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Python's textwrap.wrap (3.11) with expand_tabs and replace_whitespace off, as jinja2's wordwrap calls it. Lengths count
 * code points.
 */
final class WordWrap {

    private static final String SPACE = "[\\t\\n\\x0B\\f\\r ]";
    private static final String NO_SPACE = "[^\\t\\n\\x0B\\f\\r ]";
    private static final String WORD = "[\\p{L}\\p{N}_]";
    // a letter outside the BMP in the class makes Java's lookbehind count code points
    private static final String LETTER = "[\\p{L}\\p{Nl}\\p{No}_\uD801\uDC00]";
    private static final String BEFORE_DASH = "(?<=[\\p{L}\\p{N}_!\"'&.,?\uD801\uDC00])";

    private static final Pattern SPACES = Pattern.compile(SPACE + "+");

    /** White space, a dash between words, or a word up to its hyphen, its end or a dash. */
    private static final Pattern PARTS = Pattern.compile(SPACE + "+|" + BEFORE_DASH + "-{2,}(?=" + WORD + ")|"
            + NO_SPACE + "+?(?:-(?:(?<=" + LETTER + "{2}-)|(?<=" + LETTER + "-" + LETTER + "-))(?=" + LETTER + "-?"
            + LETTER + ")|(?=" + SPACE + "|\\z)|" + BEFORE_DASH + "(?=-{2,}" + WORD + "))");

    private final Object given;
    private final double width;
    private final boolean breakLong;
    private final boolean hyphens;
    private final boolean atHyphens;
    private final RenderBudget budget;

    private List<String> chunks;
    private int next;
    /** What is left of chunk {@code next}: where it begins, and its length. */
    private int from;

    private int left;

    /** @param hyphens Python splits words at hyphens only if it is True itself, but a long word also if it is true */
    WordWrap(Object width, boolean breakLong, Object hyphens, RenderBudget budget) {
        this.given = width;
        this.width = PythonValues.real(width);
        this.breakLong = breakLong;
        this.hyphens = PythonValues.truth(hyphens);
        this.atHyphens = Boolean.TRUE.equals(hyphens);
        this.budget = budget;
        if (!(this.width > 0)) throw new JinjaException("the width of wordwrap must be above 0");
    }

    List<String> lines(String text) {
        budget.spend(4L * text.length());
        chunks = split(text);
        open(0);
        List<String> lines = new ArrayList<>();
        while (next < chunks.size()) {
            if (!lines.isEmpty() && isBlank(chunks.get(next), from)) open(next + 1);
            List<String> line = new ArrayList<>();
            int length = 0;
            while (next < chunks.size() && length + left <= width) {
                line.add(chunks.get(next).substring(from));
                length += left;
                open(next + 1);
            }
            if (next < chunks.size() && left > width) addLong(line, length);
            if (!line.isEmpty() && isBlank(line.get(line.size() - 1), 0)) line.remove(line.size() - 1);
            if (!line.isEmpty()) lines.add(String.join("", line));
            budget.spend(RenderBudget.STEP);
        }
        return lines;
    }

    private void open(int chunk) {
        next = chunk;
        from = 0;
        left = chunk < chunks.size()
                ? chunks.get(chunk).codePointCount(0, chunks.get(chunk).length())
                : 0;
    }

    /** Adds as much of a chunk as fits that is longer than any line, or, if it may not be broken, all to an empty line. */
    private void addLong(List<String> line, int length) {
        String chunk = chunks.get(next);
        if (!breakLong) {
            if (!line.isEmpty()) return;
            line.add(chunk.substring(from));
            open(next + 1);
            return;
        }
        if (width >= 1 && given instanceof Double) {
            throw new JinjaException("the width of wordwrap must be a whole number to break a long word");
        }
        int taken = width < 1 ? 1 : (int) width - length;
        int end = chunk.offsetByCodePoints(from, taken);
        String part = chunk.substring(from, end);
        if (hyphens && left > taken) {
            int hyphen = part.lastIndexOf('-');
            if (hyphen > 0 && !isDashes(part, hyphen)) part = part.substring(0, hyphen + 1);
        }
        line.add(part);
        left -= part.codePointCount(0, part.length());
        from += part.length();
    }

    private List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int end = 0;
        for (Matcher part = (atHyphens ? PARTS : SPACES).matcher(text); part.find(); end = part.end()) {
            if (part.start() > end) parts.add(text.substring(end, part.start()));
            if (part.end() > part.start()) parts.add(part.group());
        }
        if (end < text.length()) parts.add(text.substring(end));
        return parts;
    }

    private static boolean isBlank(String text, int from) {
        for (int i = from; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            if (!PythonStrings.isSpace(text.codePointAt(i))) return false;
        }
        return true;
    }

    private static boolean isDashes(String text, int to) {
        for (int i = 0; i < to; i++) {
            if (text.charAt(i) != '-') return false;
        }
        return true;
    }
}
