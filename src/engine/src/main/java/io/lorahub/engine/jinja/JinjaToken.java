package io.lorahub.engine.jinja;

/** A piece of a template's source. The value is a String, or a Long or Double for numbers. */
record JinjaToken(Kind kind, Object value, int line) {

    enum Kind {
        DATA,
        EXPRESSION_BEGIN,
        EXPRESSION_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        NUMBER,
        OPERATOR,
        END
    }

    boolean is(Kind other, String text) {
        return kind == other && value.equals(text);
    }

    String words() {
        return switch (kind) {
            case END -> "the end of the template";
            case BLOCK_END -> "the end of the tag";
            case EXPRESSION_END -> "the end of the expression";
            default -> "'%s'".formatted(value);
        };
    }
}
