package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.JinjaToken.Kind;
import io.lorahub.engine.jinja.value.JinjaException;
import io.lorahub.engine.jinja.value.PythonStrings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Splits a template into tokens. Removes white space around tags as Jinja does with trim_blocks and lstrip_blocks: the
 * newline after a tag, and the spaces before a tag that is the first on its line; {@code -} strips all white space,
 * {@code +} keeps it.
 */
final class JinjaLexer {

    /** Letters after a backslash, and the characters that they stand for. */
    private static final String LETTERS = "abfnrtv\\'\"";

    private static final String CHARACTERS = "\u0007\b\f\n\r\t\u000b\\'\"";

    private static final Pattern NUMBER =
            Pattern.compile("(?i)0b_?[01](?:_?[01])*|0o_?[0-7](?:_?[0-7])*|0x_?[0-9a-f](?:_?[0-9a-f])*"
                    + "|\\d+(?:_\\d+)*(?:\\.\\d+(?:_\\d+)*)?(?:e[+-]?\\d+(?:_\\d+)*)?");

    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}\\p{M}_]*");

    private static final Pattern OPERATOR = Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}<>=.:|,]");

    private static final Pattern RAW_BEGIN = Pattern.compile("\\{%[-+]?\\s*raw\\s*(-?)%}");

    private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");

    private final String source;
    private final List<JinjaToken> tokens = new ArrayList<>();
    private int at;
    private boolean atLineStart = true;

    JinjaLexer(String source) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        this.source = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
    }

    List<JinjaToken> tokens() {
        while (at < source.length()) {
            int tag = nextTag(at);
            if (tag < 0) {
                data(source.substring(at));
                at = source.length();
                break;
            }
            String text = source.substring(at, tag);
            char kind = source.charAt(tag + 1);
            char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
            text = stripped(text, sign, kind != '{');
            data(text);
            at = tag + 2 + (sign == '-' || sign == '+' ? 1 : 0);
            if (kind == '#') {
                comment(tag);
            } else if (kind == '{') {
                tag(tag, Kind.EXPRESSION_BEGIN, Kind.EXPRESSION_END, "}}");
            } else if (!raw(tag)) {
                tag(tag, Kind.BLOCK_BEGIN, Kind.BLOCK_END, "%}");
            }
        }
        add(Kind.END, "", source.length());
        return tokens;
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            char next = source.charAt(i + 1);
            if (next == '%' || next == '{' || next == '#') return i;
        }
        return -1;
    }

    /** Returns the text before a tag without the white space that belongs to the tag. */
    private String stripped(String text, char sign, boolean block) {
        if (sign == '-') return PythonStrings.strip(text, null, false, true);
        if (sign == '+' || !block) return text;
        int line = text.lastIndexOf('\n') + 1;
        boolean first = line > 0 || atLineStart;
        boolean blank = text.substring(line).codePoints().allMatch(PythonStrings::isSpace);
        return first && blank ? text.substring(0, line) : text;
    }

    private void comment(int tag) {
        int end = source.indexOf("#}", at);
        if (end < 0) throw failure(tag, "a comment has no end");
        afterTag(end > at ? source.charAt(end - 1) : ' ', end + 2, true);
    }

    /** Moves past the end of a tag and the white space that belongs to it. */
    private void afterTag(char sign, int end, boolean trimNewline) {
        int from = end;
        if (sign == '-') {
            while (end < source.length() && PythonStrings.isSpace(source.codePointAt(end))) end++;
        } else if (sign != '+' && trimNewline && end < source.length() && source.charAt(end) == '\n') {
            end++;
        }
        atLineStart = end > from && source.charAt(end - 1) == '\n';
        at = end;
    }

    private boolean raw(int tag) {
        Matcher begin = RAW_BEGIN.matcher(source).region(tag, source.length());
        if (!begin.lookingAt()) return false;
        afterTag(begin.group(1).isEmpty() ? ' ' : '-', begin.end(), false);
        Matcher end = RAW_END.matcher(source);
        if (!end.find(at)) throw failure(tag, "a raw block has no end");
        String sign = end.group(1);
        data(stripped(source.substring(at, end.start()), sign.isEmpty() ? ' ' : sign.charAt(0), true));
        afterTag(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0), end.end(), true);
        return true;
    }

    private void tag(int start, Kind begin, Kind end, String close) {
        add(begin, "", start);
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            while (at < source.length() && PythonStrings.isSpace(source.codePointAt(at))) at++;
            if (at >= source.length()) throw failure(start, "a tag has no end");
            if (open.isEmpty()) {
                char c = source.charAt(at);
                boolean signed = c == '-' || c == '+' && end == Kind.BLOCK_END;
                if (signed && source.startsWith(close, at + 1) || source.startsWith(close, at)) {
                    add(end, "", at);
                    afterTag(signed ? c : ' ', at + (signed ? 3 : 2), end == Kind.BLOCK_END);
                    return;
                }
            }
            token(open);
        }
    }

    private void token(Deque<Character> open) {
        char c = source.charAt(at);
        Matcher name = NAME.matcher(source).region(at, source.length());
        Matcher number = NUMBER.matcher(source).region(at, source.length());
        Matcher operator = OPERATOR.matcher(source).region(at, source.length());
        if (c == '"' || c == '\'') {
            int end = endOfString(c);
            add(Kind.STRING, decoded(source.substring(at + 1, end), line(at)), at);
            at = end + 1;
        } else if (number.lookingAt()) {
            add(Kind.NUMBER, number(number.group()), at);
            at = number.end();
        } else if (name.lookingAt()) {
            add(Kind.NAME, name.group(), at);
            at = name.end();
        } else if (operator.lookingAt()) {
            balance(open, operator.group());
            add(Kind.OPERATOR, operator.group(), at);
            at = operator.end();
        } else {
            throw failure(at, "unexpected character '%s'".formatted(Character.toString(source.codePointAt(at))));
        }
    }

    private int endOfString(char quote) {
        for (int i = at + 1; i < source.length(); i++) {
            char c = source.charAt(i);
            if (c == '\\') i++;
            else if (c == quote) return i;
        }
        throw failure(at, "a string has no closing quotation mark");
    }

    private Object number(String text) {
        String digits = text.replace("_", "").toLowerCase(java.util.Locale.ROOT);
        try {
            if (digits.startsWith("0x")) return Long.parseLong(digits.substring(2), 16);
            if (digits.startsWith("0o")) return Long.parseLong(digits.substring(2), 8);
            if (digits.startsWith("0b")) return Long.parseLong(digits.substring(2), 2);
            if (digits.matches("\\d+")) return Long.parseLong(digits);
            return Double.parseDouble(digits);
        } catch (NumberFormatException e) {
            throw failure(at, "the number %s is too large".formatted(text));
        }
    }

    private void balance(Deque<Character> open, String operator) {
        char c = operator.charAt(0);
        if (c == '(') open.push(')');
        else if (c == '[') open.push(']');
        else if (c == '{') open.push('}');
        else if ((c == ')' || c == ']' || c == '}') && (open.isEmpty() || open.pop() != c)) {
            throw failure(at, "unexpected '%s'".formatted(operator));
        }
    }

    private void data(String text) {
        if (!text.isEmpty()) add(Kind.DATA, text, at);
    }

    private void add(Kind kind, Object value, int position) {
        tokens.add(new JinjaToken(kind, value, line(position)));
    }

    private int countedTo;
    private int line = 1;

    private int line(int position) {
        for (; countedTo < Math.min(position, source.length()); countedTo++) {
            if (source.charAt(countedTo) == '\n') line++;
        }
        return line;
    }

    private JinjaException failure(int position, String message) {
        return new JinjaException(line(position), message);
    }

    /** Replaces escape sequences, which are Python's. */
    private static String decoded(String text, int line) {
        if (text.indexOf('\\') < 0) return text;
        StringBuilder decoded = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\' || i + 1 == text.length()) {
                decoded.append(c);
                continue;
            }
            char letter = text.charAt(++i);
            int known = LETTERS.indexOf(letter);
            int digits = letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
            if (known >= 0) {
                decoded.append(CHARACTERS.charAt(known));
            } else if (digits > 0) {
                decoded.appendCodePoint(codePoint(text, i + 1, i + 1 + digits, 16, line));
                i += digits;
            } else if (letter >= '0' && letter <= '7') {
                int end = i + 1;
                while (end < text.length() && end < i + 3 && text.charAt(end) >= '0' && text.charAt(end) <= '7') end++;
                decoded.appendCodePoint(codePoint(text, i, end, 8, line));
                i = end - 1;
            } else if (letter == 'N') {
                throw new JinjaException(line, "character names (\\N) are not supported");
            } else if (letter != '\n') {
                decoded.append('\\').append(letter);
            }
        }
        return decoded.toString();
    }

    private static int codePoint(String text, int from, int to, int radix, int line) {
        try {
            int value = Integer.parseInt(text.substring(from, to), radix);
            if (Character.isValidCodePoint(value)) return value;
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            throw new JinjaException(line, "a string has an invalid escape sequence");
        }
        throw new JinjaException(line, "a string has an escape sequence that isn't a character");
    }
}
