package io.lorahub.engine.tokenizer;

import java.util.Arrays;

/**
 * Turns tokens into text one by one. What it returns, put together, is what {@link Tokenizer#decode} makes of all of them.
 * A token can be a part of a character, and can change how the one before is written, so text is returned when no later
 * token can change it, but for bytes that are no character.
 */
public final class TokenStream {

    private static final String HALF = "\uFFFD";

    /** Number of tokens after which something that still looks like half a character is none. */
    private static final int LONGEST_CHARACTER = 8;

    /** Number of tokens that are decoded again with each new one, at most; a longer text is cut before its last word. */
    private static final int LONGEST_CONTEXT = 16;

    private final Tokenizer tokenizer;
    private int[] ids = new int[64];
    private int count;
    /** The tokens from here on are decoded together, because the beginning of a text is written in its own way. */
    private int context;
    /** The tokens from here on have not been written. */
    private int written;
    /** Where the tokens that were written last begin. */
    private int last;
    /** The text of the tokens from the context on that have been written. */
    private String before = "";
    /** Text that clean-up could still change. */
    private String open = "";

    TokenStream(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Returns the text that becomes certain with the next token. */
    public String add(int id) {
        if (count == ids.length) ids = Arrays.copyOf(ids, 2 * count);
        ids[count++] = id;
        String after = decoded(count);
        if (isHalf(after)) return "";
        after = consistent(after);
        if (isHalf(after) || after.length() == before.length()) return "";
        String more = after.substring(before.length());
        last = written;
        written = count;
        before = after;
        if (count - context > LONGEST_CONTEXT) {
            context = last;
            before = decoded(count);
        }
        return cleaned(more);
    }

    /** Returns the text that remains when no more tokens come. */
    public String end() {
        String rest = open + consistent(decoded(count)).substring(before.length());
        open = "";
        return tokenizer.cleansUp() ? Tokenizer.cleaned(rest) : rest;
    }

    private boolean isHalf(String text) {
        return text.endsWith(HALF) && count - written < LONGEST_CHARACTER;
    }

    /**
     * The text from the context on, which begins with what has been returned. A byte that is a part of no character can change how
     * the bytes before it are written (byte fallback writes each as U+FFFD); what has been returned of them stays.
     */
    private String consistent(String after) {
        if (after.startsWith(before)) return after;
        context = written;
        before = "";
        return decoded(count);
    }

    private String decoded(int end) {
        return tokenizer.decodeRaw(Arrays.copyOfRange(ids, context, end));
    }

    /** Cleans up to the last space before which nothing depends on what follows. */
    private String cleaned(String more) {
        if (!tokenizer.cleansUp()) return more;
        open += more;
        int end = open.lastIndexOf(' ');
        while (end >= 2 && open.startsWith(" '", end - 2)) end = open.lastIndexOf(' ', end - 1);
        if (end <= 0) return "";
        String certain = Tokenizer.cleaned(open.substring(0, end));
        open = open.substring(end);
        return certain;
    }
}
