package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.JinjaException;

/** The escape sequences of a text in a template, which are Python's. */
final class StringLiteral {

    private static final String LETTERS = "abfnrtv\\'\"";
    private static final String CHARACTERS = "\u0007\b\f\n\r\t\u000b\\'\"";

    private StringLiteral() {}

    static String decode(String text, int line) {
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
