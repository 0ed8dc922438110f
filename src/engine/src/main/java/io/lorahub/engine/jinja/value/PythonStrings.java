package io.lorahub.engine.jinja.value;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Python's operations on text. Positions and lengths count characters (code points), not UTF-16 units. */
public final class PythonStrings {

    private PythonStrings() {}

    /** Whether Python's str.isspace() holds. */
    public static boolean isSpace(int c) {
        return c >= 9 && c <= 13
                || c >= 28 && c <= 32
                || c == 0x85
                || c == 0xa0
                || c == 0x1680
                || c >= 0x2000 && c <= 0x200a
                || c == 0x2028
                || c == 0x2029
                || c == 0x202f
                || c == 0x205f
                || c == 0x3000;
    }

    /** Removes the given characters, or white space where characters is null, at the start, the end or both. */
    public static String strip(String text, String characters, boolean start, boolean end) {
        BitSet set = new BitSet();
        if (characters != null) characters.codePoints().forEach(set::set);
        IntPredicate removed = characters == null ? PythonStrings::isSpace : set::get;
        int from = 0;
        int to = text.length();
        while (start && from < to && removed.test(text.codePointAt(from))) {
            from += Character.charCount(text.codePointAt(from));
        }
        while (end && to > from && removed.test(text.codePointBefore(to))) {
            to -= Character.charCount(text.codePointBefore(to));
        }
        return text.substring(from, to);
    }

    public static String slice(String text, int from, int to) {
        if (text.codePointCount(0, text.length()) == text.length()) return text.substring(from, to);
        int start = text.offsetByCodePoints(0, from);
        return text.substring(start, text.offsetByCodePoints(start, to - from));
    }

    public static int compare(String a, String b) {
        int i = 0;
        while (i < a.length() && i < b.length()) {
            int x = a.codePointAt(i);
            int y = b.codePointAt(i);
            if (x != y) return Integer.compare(x, y);
            i += Character.charCount(x);
        }
        return Integer.compare(a.length(), b.length());
    }

    /** Splits at a separator, or at white space where it is null; limit is the number of splits, -1 for all. */
    public static List<Object> split(String text, String separator, int limit, RenderBudget budget) {
        List<Object> parts = new ArrayList<>();
        if (separator == null) {
            int from = afterSpace(text, 0);
            while (from < text.length()) {
                int end = limit >= 0 && parts.size() == limit ? text.length() : wordEnd(text, from);
                budget.spendElements(1);
                parts.add(text.substring(from, end));
                from = afterSpace(text, end);
            }
            return parts;
        }
        requireSeparator(separator);
        int from = 0;
        for (int at; (limit < 0 || parts.size() < limit) && (at = text.indexOf(separator, from)) >= 0; ) {
            budget.spendElements(1);
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static int afterSpace(String text, int from) {
        int at = from;
        while (at < text.length() && isSpace(text.codePointAt(at))) at += Character.charCount(text.codePointAt(at));
        return at;
    }

    private static int wordEnd(String text, int from) {
        int end = from;
        while (end < text.length() && !isSpace(text.codePointAt(end)))
            end += Character.charCount(text.codePointAt(end));
        return end;
    }

    /** Splits from the end at a separator; limit is the number of splits, -1 for all. */
    public static List<Object> splitFromEnd(String text, String separator, int limit, RenderBudget budget) {
        if (separator == null) {
            if (limit < 0) return split(text, null, -1, budget);
            throw new JinjaException("rsplit needs a separator");
        }
        requireSeparator(separator);
        List<Object> parts = new ArrayList<>();
        int to = text.length();
        for (int at; (limit < 0 || parts.size() < limit) && to >= separator.length(); to = at) {
            at = text.lastIndexOf(separator, to - separator.length());
            if (at < 0) break;
            budget.spendElements(1);
            parts.add(text.substring(at + separator.length(), to));
        }
        parts.add(text.substring(0, to));
        Collections.reverse(parts);
        return parts;
    }

    private static void requireSeparator(String separator) {
        if (separator.isEmpty()) throw new JinjaException("a separator is empty");
    }

    public static List<Object> lines(String text, boolean keepEnds, RenderBudget budget) {
        List<Object> lines = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean end = c >= 10 && c <= 13 || c >= 28 && c <= 30 || c == 0x85 || c == 0x2028 || c == 0x2029;
            if (!end) continue;
            int next = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n' ? i + 2 : i + 1;
            budget.spendElements(1);
            lines.add(text.substring(from, keepEnds ? next : i));
            from = next;
            i = next - 1;
        }
        if (from < text.length()) lines.add(text.substring(from));
        return lines;
    }

    public static String replace(String text, String old, String replacement, int count, RenderBudget budget) {
        long most = old.isEmpty() ? text.length() + 1L : text.length() / old.length();
        budget.spendSearch(text, old);
        budget.spend((count < 0 ? most : Math.min(most, count)) * replacement.length());
        if (count < 0) return text.replace(old, replacement);
        StringBuilder result = new StringBuilder();
        int from = 0;
        for (int i = 0, at; i < count && (at = text.indexOf(old, from)) >= 0; i++) {
            if (old.isEmpty()) throw new JinjaException("the text to replace is empty");
            result.append(text, from, at).append(replacement);
            from = at + old.length();
        }
        return result.append(text.substring(from)).toString();
    }

    public static String capitalize(String text) {
        if (text.isEmpty()) return text;
        int first = text.offsetByCodePoints(0, 1);
        return title(text.substring(0, first)) + text.substring(first).toLowerCase(Locale.ROOT);
    }

    /** Python's str.title(): a capital after each character that isn't a letter. */
    public static String title(String text) {
        StringBuilder title = new StringBuilder();
        boolean inWord = false;
        for (int c : text.codePoints().toArray()) {
            if (inWord) title.append(Character.toString(c).toLowerCase(Locale.ROOT));
            else title.appendCodePoint(Character.toTitleCase(c));
            inWord = Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
        }
        return title.toString();
    }

    public static boolean all(String text, IntPredicate test) {
        return !text.isEmpty() && text.codePoints().allMatch(test);
    }

    /** Whether a text has letters with case, and all of them have the requested case. */
    public static boolean hasCase(String text, boolean upper) {
        boolean cased = text.codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
        return cased && text.codePoints().noneMatch(c -> upper ? Character.isLowerCase(c) : Character.isUpperCase(c));
    }
}
