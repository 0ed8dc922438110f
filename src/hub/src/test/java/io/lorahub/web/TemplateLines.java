package io.lorahub.web;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The lines of a template and what encloses them: block-level elements, and sections of Qute whose tag has a line of its own.
 * Inline elements, and sections within a line, enclose no lines.
 */
final class TemplateLines {

    private static final String ELEMENTS =
            "html|head|body|header|main|footer|nav|section|article|aside|div|p|h\\d?|ul|ol|li"
                    + "|dl|dt|dd|table|caption|thead|tbody|tr|th|td|form|fieldset|legend|details|summary|noscript|template|figure"
                    + "|blockquote|svg|g|select|optgroup|option";

    private static final Pattern TAG = Pattern.compile("\\{#(\\w+)(?:'[^']*+'|\"[^\"]*+\"|[^}'\"]++)*+}|\\{/(\\w*)}|<("
            + ELEMENTS + ")\\b|</(" + ELEMENTS + ")\\b");

    private static final int SECTION = 1;
    private static final int END = 2;
    private static final int ELEMENT = 3;
    private static final int CLOSE = 4;

    /** What shows its white space, so that its lines begin where they must; and comments. */
    private static final Pattern VERBATIM =
            Pattern.compile("(?s)<(pre|textarea)\\b.*?</\\1>|\\{#code\\b.*?\\{/code}|\\{!.*?!}");

    private static final int STEP = 2;

    private final String template;
    private final NavigableMap<Integer, MatchResult> verbatim = new TreeMap<>();
    private final NavigableMap<Integer, MatchResult> tags = new TreeMap<>();
    private final Deque<Enclosing> enclosing = new ArrayDeque<>();

    private TemplateLines(String template) {
        this.template = template;
        VERBATIM.matcher(template).results().forEach(part -> verbatim.put(part.start(), part));
        TAG.matcher(template)
                .results()
                .filter(tag -> !verbatim.containsKey(tag.start()) && !isVerbatim(tag.start()))
                .forEach(tag -> tags.put(tag.start(), tag));
    }

    /** The lines whose indentation does not show what encloses them, with their numbers. */
    static List<String> indentedWrongly(String template) {
        return new TemplateLines(template).indentedWrongly();
    }

    private List<String> indentedWrongly() {
        List<String> wrong = new ArrayList<>();
        List<String> lines = template.lines().toList();
        int start = 0;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            int indent = line.length() - line.stripLeading().length();
            if (!line.isBlank() && !isVerbatim(start) && !fits(indent, tags.get(start + indent))) {
                wrong.add((i + 1) + ": " + line);
            }
            for (MatchResult tag : tags.subMap(start, start + line.length()).values()) {
                follow(tag, indent, tag.start() == start + indent && template.startsWith("\n", tag.end()));
            }
            start += line.length() + 1;
        }
        return wrong;
    }

    private boolean isVerbatim(int at) {
        var before = verbatim.lowerEntry(at);
        return before != null && at < before.getValue().end();
    }

    private boolean fits(int indent, MatchResult first) {
        if (indent % STEP != 0) return false;
        int inside = enclosing.stream()
                .filter(one -> one.counts)
                .findFirst()
                .map(one -> one.inside)
                .orElse(0);
        if (first == null || isEmpty(first)) return indent >= inside;
        if (isEnd(first)) return !enclosing.peek().counts || indent == enclosing.peek().indent;
        if (isBranch(first))
            return !enclosing.peek().counts || indent == enclosing.peek().branches();
        boolean alone = first.group(ELEMENT) != null || template.startsWith("\n", first.end());
        return alone ? indent == inside : indent >= inside;
    }

    private void follow(MatchResult tag, int indent, boolean alone) {
        if (isEnd(tag)) {
            enclosing.pop();
        } else if (isBranch(tag)) {
            Enclosing section = enclosing.peek();
            section.counts |= alone;
            if (alone) section.inside = indent + STEP;
        } else if (tag.group(ELEMENT) != null) {
            enclosing.push(new Enclosing(tag.group(ELEMENT), indent, true));
        } else if (!isEmpty(tag)) {
            enclosing.push(new Enclosing(tag.group(SECTION), indent, alone));
        }
    }

    private static boolean isEmpty(MatchResult tag) {
        return tag.group().endsWith("/}");
    }

    private static boolean isEnd(MatchResult tag) {
        return tag.group(END) != null || tag.group(CLOSE) != null;
    }

    private static boolean isBranch(MatchResult tag) {
        return "else".equals(tag.group(SECTION)) || "case".equals(tag.group(SECTION));
    }

    private static final class Enclosing {

        private final String name;
        private final int indent;
        private int inside;
        private boolean counts;

        private Enclosing(String name, int indent, boolean counts) {
            this.name = name;
            this.indent = indent;
            this.inside = indent + STEP;
            this.counts = counts;
        }

        /** Cases are inside of their switch; else is below its if. */
        private int branches() {
            return name.equals("switch") ? indent + STEP : indent;
        }
    }
}
