package io.lorahub.cli.terminal;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.regex.Pattern;

/**
 * Escapes control characters in what a command prints (such as \u005cu001b), because texts come from files and hubs.
 * The styles of {@link AnsiStyle} pass. The escapes are also valid in JSON.
 */
public final class PlainText extends FilterWriter {

    private static final char ESCAPE = '\u001b';

    /** Bold, faint, italic, underlined, eight colours, and their ends: nothing that moves the cursor or hides text. */
    private static final Pattern STYLE = Pattern.compile("\\x1B\\[(?:(?:[0-4]|2[1-4]|3[0-79]|39|49)(?:;(?=\\d))?)*m");

    private static final int LONGEST_STYLE = 16;

    /** What may become a style or a line end. */
    private final StringBuilder begun = new StringBuilder();

    public PlainText(Writer out) {
        super(out);
    }

    @Override
    public void write(int c) throws IOException {
        char next = (char) c;
        if (begun.length() > 0 && next != ESCAPE && takes(next)) return;
        giveUp();
        if (next == ESCAPE || next == '\r') begun.append(next);
        else one(next);
    }

    /** Whether it continues what has begun. */
    private boolean takes(char next) throws IOException {
        if (begun.charAt(0) == '\r') {
            if (next != '\n') return false;
            out.write("\r\n");
            begun.setLength(0);
            return true;
        }
        begun.append(next);
        if (next == 'm' && STYLE.matcher(begun).matches()) {
            out.write(begun.toString());
            begun.setLength(0);
            return true;
        }
        boolean open = begun.length() == 2 ? next == '[' : next == ';' || next >= '0' && next <= '9';
        if (open && begun.length() < LONGEST_STYLE) return true;
        begun.setLength(begun.length() - 1);
        return false;
    }

    private void giveUp() throws IOException {
        for (int i = 0; i < begun.length(); i++) one(begun.charAt(i));
        begun.setLength(0);
    }

    private void one(char c) throws IOException {
        if (isControl(c)) out.write("\\u%04x".formatted((int) c));
        else out.write(c);
    }

    /**
     * Control characters, marks that change the direction of text, and separators that some programs treat as line
     * ends.
     */
    private static boolean isControl(char c) {
        return Character.isISOControl(c) && c != '\n' && c != '\t'
                || c >= '\u202a' && c <= '\u202e'
                || c >= '\u2066' && c <= '\u2069'
                || c == '\u2028'
                || c == '\u2029';
    }

    @Override
    public void write(char[] chars, int offset, int length) throws IOException {
        for (int i = 0; i < length; i++) write(chars[offset + i]);
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        for (int i = 0; i < length; i++) write(text.charAt(offset + i));
    }

    @Override
    public void close() throws IOException {
        giveUp();
        super.close();
    }
}
