package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.JinjaToken.Kind;
import io.lorahub.engine.jinja.Operators.Argument;
import io.lorahub.engine.jinja.Operators.Comparison;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Parses expressions, with Jinja's precedence: filters and tests bind more tightly than any operator. */
class ExpressionParser extends TokenReader {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> PRODUCTS = Set.of("*", "/", "//", "%");
    private static final Set<Kind> OPERANDS = Set.of(Kind.NAME, Kind.STRING, Kind.NUMBER);
    private static final Set<String> OPENING = Set.of("(", "[", "{");
    private static final Set<String> AFTER_TEST = Set.of("else", "or", "and");

    /** The names that the part of the template being parsed uses. */
    private Set<String> names = new HashSet<>();

    ExpressionParser(List<JinjaToken> tokens) {
        super(tokens);
    }

    /** Parses a part and returns the names that it uses. */
    Set<String> namesUsedBy(Runnable part) {
        Set<String> outer = names;
        names = new HashSet<>();
        part.run();
        Set<String> used = names;
        names = outer;
        names.addAll(used);
        return used;
    }

    Expression expression() {
        Expression value = or();
        while (takeName("if")) {
            Expression condition = or();
            Expression otherwise = takeName("else") ? expression() : null;
            value = Operators.conditional(condition, value, otherwise);
        }
        return value;
    }

    /** Parses one expression, or several separated by commas, which make a tuple. */
    Expression tuple(boolean withConditional) {
        List<Expression> elements = new ArrayList<>();
        boolean tuple = false;
        while (!atTupleEnd()) {
            elements.add(withConditional ? expression() : or());
            if (!takeOperator(",")) break;
            tuple = true;
        }
        if (!tuple && elements.size() == 1) return elements.get(0);
        if (!tuple && !atOperator(")")) throw unexpected("an expression");
        return Operators.tuple(elements);
    }

    private boolean atTupleEnd() {
        Kind kind = current().kind();
        return kind == Kind.EXPRESSION_END || kind == Kind.BLOCK_END || atOperator(")") || atName("recursive");
    }

    Expression or() {
        Expression left = and();
        while (takeName("or")) left = Operators.or(left, and());
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (takeName("and")) left = Operators.and(left, not());
        return left;
    }

    private Expression not() {
        return takeName("not") ? Operators.not(not()) : comparison();
    }

    private Expression comparison() {
        Expression first = sum();
        List<Comparison> rest = new ArrayList<>();
        while (true) {
            if (current().kind() == Kind.OPERATOR
                    && COMPARISONS.contains(current().value())) {
                rest.add(new Comparison((String) take().value(), sum()));
            } else if (takeName("in")) {
                rest.add(new Comparison("in", sum()));
            } else if (atName("not") && following().is(Kind.NAME, "in")) {
                take();
                take();
                rest.add(new Comparison("not in", sum()));
            } else {
                return rest.isEmpty() ? first : Operators.comparison(first, rest);
            }
        }
    }

    private Expression sum() {
        Expression left = concatenation();
        while (atOperator("+") || atOperator("-")) {
            left = Operators.arithmetic((String) take().value(), left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        List<Expression> parts = new ArrayList<>(List.of(product()));
        while (takeOperator("~")) parts.add(product());
        return parts.size() == 1 ? parts.get(0) : Operators.concatenation(parts);
    }

    private Expression product() {
        Expression left = power();
        while (current().kind() == Kind.OPERATOR && PRODUCTS.contains(current().value())) {
            left = Operators.arithmetic((String) take().value(), left, power());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (takeOperator("**")) left = Operators.arithmetic("**", left, unary(true));
        return left;
    }

    private Expression unary(boolean withFilters) {
        Expression value;
        if (takeOperator("-")) value = Operators.signed(true, unary(false));
        else if (takeOperator("+")) value = Operators.signed(false, unary(false));
        else value = primary();
        value = postfix(value);
        return withFilters ? filters(value) : value;
    }

    private Expression primary() {
        JinjaToken token = current();
        if (token.kind() == Kind.NAME) {
            String name = (String) take().value();
            names.add(name);
            return switch (name) {
                case "true", "True" -> frame -> true;
                case "false", "False" -> frame -> false;
                case "none", "None" -> frame -> null;
                default -> frame -> frame.get(name);
            };
        }
        if (token.kind() == Kind.STRING) {
            StringBuilder text = new StringBuilder();
            while (current().kind() == Kind.STRING) text.append(take().value());
            String value = text.toString();
            return frame -> value;
        }
        if (token.kind() == Kind.NUMBER) {
            Object value = take().value();
            return frame -> value;
        }
        if (takeOperator("(")) {
            Expression value = tuple(true);
            expectOperator(")");
            return value;
        }
        if (takeOperator("[")) return list();
        if (takeOperator("{")) return dict();
        throw unexpected("an expression");
    }

    private Expression list() {
        List<Expression> elements = new ArrayList<>();
        while (!atOperator("]")) {
            elements.add(expression());
            if (!takeOperator(",")) break;
        }
        expectOperator("]");
        return Operators.list(elements);
    }

    private Expression dict() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!atOperator("}")) {
            keys.add(expression());
            expectOperator(":");
            values.add(expression());
            if (!takeOperator(",")) break;
        }
        expectOperator("}");
        return Operators.dict(keys, values);
    }

    private Expression postfix(Expression value) {
        while (true) {
            if (takeOperator(".")) {
                value = current().kind() == Kind.NUMBER
                        ? Operators.item(value, constant(take().value()))
                        : Operators.attribute(value, expectName());
            } else if (takeOperator("[")) {
                value = subscript(value);
                expectOperator("]");
            } else if (atOperator("(")) {
                value = new Operators.Call(value, arguments());
            } else {
                return value;
            }
        }
    }

    private static Expression constant(Object value) {
        return frame -> value;
    }

    private Expression subscript(Expression value) {
        Expression from = atOperator(":") ? null : expression();
        if (!takeOperator(":")) return Operators.item(value, from);
        Expression to = atOperator(":") || atOperator("]") ? null : expression();
        Expression step = takeOperator(":") && !atOperator("]") ? expression() : null;
        return Operators.slice(value, from, to, step);
    }

    private Expression filters(Expression value) {
        while (true) {
            if (atOperator("|")) value = filter(value);
            else if (takeName("is")) value = test(value);
            else if (atOperator("(")) value = new Operators.Call(value, arguments());
            else return value;
        }
    }

    /** Parses {@code | name(arguments)}. */
    Expression filter(Expression value) {
        expectOperator("|");
        return namedFilter(value);
    }

    Expression namedFilter(Expression value) {
        String name = expectName();
        List<Argument> arguments = atOperator("(") ? arguments() : List.of();
        return Operators.filter(name, value, arguments);
    }

    private Expression test(Expression value) {
        boolean negated = takeName("not");
        String name = expectName();
        List<Argument> arguments = List.of();
        if (atOperator("(")) {
            arguments = arguments();
        } else if (isOperand(current())) {
            if (atName("is")) throw failure("tests with 'is' cannot be chained");
            arguments = List.of(new Argument("", postfix(primary())));
        }
        Expression test = Operators.test(name, value, arguments);
        return negated ? Operators.not(test) : test;
    }

    private static boolean isOperand(JinjaToken token) {
        if (token.kind() == Kind.OPERATOR) return OPENING.contains(token.value());
        return OPERANDS.contains(token.kind()) && !(token.kind() == Kind.NAME && AFTER_TEST.contains(token.value()));
    }

    List<Argument> arguments() {
        List<Argument> arguments = new ArrayList<>();
        expectOperator("(");
        while (!atOperator(")")) {
            String name = "";
            if (takeOperator("*")) name = "*";
            else if (takeOperator("**")) name = "**";
            else if (current().kind() == Kind.NAME && following().is(Kind.OPERATOR, "=")) {
                name = expectName();
                take();
            }
            arguments.add(new Argument(name, expression()));
            if (!takeOperator(",")) break;
        }
        expectOperator(")");
        return arguments;
    }
}
