package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.JinjaToken.Kind;
import io.lorahub.engine.jinja.value.JinjaException;
import java.util.List;

/** Reads tokens one after the other. */
class TokenReader {

    private final List<JinjaToken> tokens;
    private int next;

    TokenReader(List<JinjaToken> tokens) {
        this.tokens = tokens;
    }

    JinjaToken current() {
        return tokens.get(next);
    }

    JinjaToken following() {
        return tokens.get(Math.min(next + 1, tokens.size() - 1));
    }

    JinjaToken take() {
        JinjaToken token = current();
        if (token.kind() != Kind.END) next++;
        return token;
    }

    boolean atOperator(String operator) {
        return current().is(Kind.OPERATOR, operator);
    }

    boolean atName(String name) {
        return current().is(Kind.NAME, name);
    }

    boolean takeOperator(String operator) {
        boolean matches = atOperator(operator);
        if (matches) take();
        return matches;
    }

    boolean takeName(String name) {
        boolean matches = atName(name);
        if (matches) take();
        return matches;
    }

    void expectOperator(String operator) {
        if (!takeOperator(operator)) throw unexpected("'%s'".formatted(operator));
    }

    void expectName(String name) {
        if (!takeName(name)) throw unexpected("'%s'".formatted(name));
    }

    String expectName() {
        if (current().kind() != Kind.NAME) throw unexpected("a name");
        return (String) take().value();
    }

    void expect(Kind kind, String words) {
        if (current().kind() != kind) throw unexpected(words);
        take();
    }

    JinjaException unexpected(String expected) {
        return failure("found %s instead of %s".formatted(current().words(), expected));
    }

    JinjaException failure(String message) {
        return new JinjaException(current().line(), message);
    }
}
