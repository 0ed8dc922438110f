package io.lorahub.engine.lora;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression from an adapter's configuration. It comes from a stranger, so a match may read only so many
 * characters: catastrophic backtracking ends in {@link UnusablePatternException} instead of never.
 */
final class BoundedPattern {

    private static final int MAX_READS = 100_000;
    private static final int MAX_LENGTH = 10_000;

    private final String source;
    private final Pattern pattern;
    private final MatchBudget budget;

    /**
     * @param expression Python's flavour; the parts that module patterns use mean the same in Java
     * @param budget     of the configuration that it stands in
     */
    BoundedPattern(String expression, MatchBudget budget) {
        source = expression;
        this.budget = budget;
        if (expression.length() > MAX_LENGTH) {
            throw new UnusablePatternException("is longer than %d characters".formatted(MAX_LENGTH));
        }
        try {
            pattern = Pattern.compile(expression.replace("(?P<", "(?<"));
        } catch (PatternSyntaxException e) {
            throw new UnusablePatternException("is not a regular expression (%s)".formatted(e.getDescription()));
        } catch (StackOverflowError e) {
            throw new UnusablePatternException("is nested too deeply");
        }
    }

    /** Whether the whole name matches. */
    boolean matches(String name) {
        CountedText text = new CountedText(name);
        try {
            budget.spend(1);
            boolean matches = pattern.matcher(text).matches();
            budget.spend(text.reads);
            return matches;
        } catch (StackOverflowError e) {
            throw new UnusablePatternException("is nested too deeply");
        }
    }

    String source() {
        return source;
    }

    /** What is wrong with an expression, as the rest of a sentence that begins with it. */
    static final class UnusablePatternException extends RuntimeException {
        UnusablePatternException(String message) {
            super(message);
        }
    }

    private final class CountedText implements CharSequence {
        private final String text;
        private int reads;

        CountedText(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++reads > MAX_READS) {
                budget.spend(reads);
                throw new UnusablePatternException("takes too long to match (catastrophic backtracking)");
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
