package io.lorahub.engine.lora.config;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression from an adapter's untrusted configuration. The number of characters that a match can read is
 * limited, so catastrophic backtracking ends in {@link UnusablePatternException} instead of never.
 */
public final class BoundedPattern {

    private static final int MAX_READS = 100_000;
    private static final int MAX_LENGTH = 10_000;

    private final Pattern pattern;
    private final MatchBudget budget;

    /**
     * @param expression expression in Python's syntax; the parts used in module patterns have the same meaning in Java
     * @param budget     shared budget of the configuration that contains the expression
     */
    BoundedPattern(String expression, MatchBudget budget) {
        this.budget = budget;
        if (expression.length() > MAX_LENGTH) {
            throw new UnusablePatternException("is longer than %d characters".formatted(MAX_LENGTH));
        }
        try {
            pattern = Pattern.compile(toJava(expression));
        } catch (PatternSyntaxException e) {
            throw new UnusablePatternException("is not a regular expression (%s)".formatted(e.getDescription()));
        } catch (StackOverflowError e) {
            throw new UnusablePatternException("is nested too deeply");
        }
    }

    /** Writes what Python and Java spell differently: named groups, {,n}, and a [ in a class. */
    private static String toJava(String expression) {
        StringBuilder java = new StringBuilder();
        int open = -1; // where the class began
        for (int i = 0; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == '\\' && i + 1 < expression.length()) {
                java.append(c).append(expression.charAt(++i));
            } else if (open >= 0) {
                boolean first = i == open + 1 || i == open + 2 && expression.charAt(open + 1) == '^';
                if (c == ']' && !first) open = -1;
                if (c == '[' || c == ']' && first || c == '&') java.append('\\');
                java.append(c);
            } else if (c == '[') {
                open = i;
                java.append(c);
            } else if (expression.startsWith("(?P<", i)) {
                java.append("(?<");
                i += 3;
            } else if (expression.startsWith("{,", i)) {
                java.append("{0,");
                i++;
            } else {
                java.append(c);
            }
        }
        return java.toString();
    }

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

    /** Describes the fault of an expression, as the rest of a sentence that begins with the expression. */
    public static final class UnusablePatternException extends RuntimeException {
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
