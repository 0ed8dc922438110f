package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.JinjaToken.Kind;
import io.lorahub.engine.jinja.Statement.Next;
import io.lorahub.engine.jinja.value.JinjaException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses a template: text, expressions and tags. */
final class TemplateParser extends ExpressionParser {

    /** The variable that holds the text of a block while its filters are applied; no name can contain a space. */
    static final String BLOCK_TEXT = "text of the block";

    TemplateParser(List<JinjaToken> tokens) {
        super(tokens);
    }

    Statement parse() {
        return statements(Set.of());
    }

    /** Parses up to one of the given tags and leaves the reader at its name. */
    private Statement statements(Set<String> ends) {
        List<Statement> statements = new ArrayList<>();
        while (current().kind() != Kind.END) {
            JinjaToken token = take();
            if (token.kind() == Kind.DATA) {
                statements.add(Statements.text((String) token.value()));
            } else if (token.kind() == Kind.EXPRESSION_BEGIN) {
                statements.add(located(token.line(), Statements.print(tuple(true))));
                expect(Kind.EXPRESSION_END, "the end of the expression");
            } else {
                if (current().kind() == Kind.NAME && ends.contains(current().value())) {
                    return Statements.sequence(statements);
                }
                statements.add(located(token.line(), tag()));
                expect(Kind.BLOCK_END, "the end of the tag");
            }
        }
        if (!ends.isEmpty()) throw unexpected("{%% %s %%}".formatted(String.join(" or ", ends)));
        return Statements.sequence(statements);
    }

    /** Adds the line to the failures of a statement. */
    private static Statement located(int line, Statement statement) {
        return (frame, output) -> {
            try {
                return statement.render(frame, output);
            } catch (LocatedFailure | RaisedException e) {
                throw e;
            } catch (JinjaException e) {
                throw new LocatedFailure(line, e.getMessage());
            }
        };
    }

    private static final class LocatedFailure extends JinjaException {
        LocatedFailure(int line, String message) {
            super(line, message);
        }
    }

    private Statement tag() {
        String name = expectName();
        return switch (name) {
            case "for" -> loop();
            case "if" -> condition();
            case "set" -> assignment();
            case "macro" -> macro();
            case "call" -> callBlock();
            case "filter" -> filterBlock();
            case "with" -> with();
            case "generation" -> Statements.scope(body("endgeneration"));
            case "break" -> (frame, output) -> Next.BREAK;
            case "continue" -> (frame, output) -> Next.CONTINUE;
            default -> throw failure("the tag '%s' is not supported".formatted(name));
        };
    }

    /** Parses the rest of a tag and everything up to the end tag, and takes its name. */
    private Statement body(String end) {
        Statement body = bodyUpTo(Set.of(end));
        take();
        return body;
    }

    private Statement bodyUpTo(Set<String> ends) {
        takeOperator(":");
        expect(Kind.BLOCK_END, "the end of the tag");
        return statements(ends);
    }

    private Statement loop() {
        AssignmentTarget target = target(false);
        expectName("in");
        Expression values = tuple(false);
        Expression condition = takeName("if") ? expression() : null;
        boolean recursive = takeName("recursive");
        Statement body = bodyUpTo(Set.of("endfor", "else"));
        Statement otherwise = takeName("else") ? body("endfor") : null;
        if (otherwise == null) take();
        return new ForLoop(target, values, condition, recursive, body, otherwise);
    }

    private Statement condition() {
        Expression condition = tuple(false);
        Statement then = bodyUpTo(Set.of("elif", "else", "endif"));
        if (takeName("elif")) return Statements.conditional(condition, then, condition());
        Statement otherwise = takeName("else") ? body("endif") : null;
        if (otherwise == null) take();
        return Statements.conditional(condition, then, otherwise);
    }

    private Statement assignment() {
        AssignmentTarget target = target(true);
        if (takeOperator("=")) return Statements.assignment(target, tuple(true));
        Expression text = filters();
        return Statements.blockAssignment(target, body("endset"), text);
    }

    /** Parses the filters of a block, which are applied to its text. */
    private Expression filters() {
        Expression text = frame -> frame.get(BLOCK_TEXT);
        while (atOperator("|")) text = filter(text);
        return text;
    }

    private AssignmentTarget target(boolean withNamespace) {
        List<AssignmentTarget> targets = new ArrayList<>();
        boolean tuple = false;
        while (current().kind() == Kind.NAME && !atName("in") || atOperator("(")) {
            targets.add(singleTarget(withNamespace));
            if (!takeOperator(",")) break;
            tuple = true;
        }
        if (targets.isEmpty()) throw unexpected("the name of a variable");
        return tuple ? AssignmentTarget.tuple(targets) : targets.get(0);
    }

    private AssignmentTarget singleTarget(boolean withNamespace) {
        if (takeOperator("(")) {
            AssignmentTarget target = target(withNamespace);
            expectOperator(")");
            return target;
        }
        String name = expectName();
        return withNamespace && takeOperator(".")
                ? AssignmentTarget.attribute(name, expectName())
                : AssignmentTarget.variable(name);
    }

    private Statement macro() {
        String name = expectName();
        JinjaMacro.Definition definition = definition(name, parameters(), "endmacro");
        return (frame, output) -> {
            frame.set(name, new JinjaMacro(definition, frame));
            return Next.STATEMENT;
        };
    }

    private JinjaMacro.Definition definition(String name, List<JinjaMacro.Parameter> parameters, String end) {
        Statement[] body = new Statement[1];
        Set<String> names = namesUsedBy(() -> body[0] = body(end));
        return new JinjaMacro.Definition(name, parameters, body[0], names);
    }

    private List<JinjaMacro.Parameter> parameters() {
        List<JinjaMacro.Parameter> parameters = new ArrayList<>();
        expectOperator("(");
        while (!atOperator(")")) {
            String name = expectName();
            parameters.add(new JinjaMacro.Parameter(name, takeOperator("=") ? expression() : null));
            if (!takeOperator(",")) break;
        }
        expectOperator(")");
        return parameters;
    }

    private Statement callBlock() {
        List<JinjaMacro.Parameter> parameters = atOperator("(") ? parameters() : List.of();
        if (!(expression() instanceof Operators.Call call)) throw failure("a call block needs a call");
        JinjaMacro.Definition caller = definition(JinjaMacro.CALLER, parameters, "endcall");
        return Statements.print(
                call.with(new Operators.Argument(JinjaMacro.CALLER, frame -> new JinjaMacro(caller, frame))));
    }

    private Statement filterBlock() {
        Expression text = namedFilter(frame -> frame.get(BLOCK_TEXT));
        while (atOperator("|")) text = filter(text);
        return Statements.filterBlock(body("endfilter"), text);
    }

    private Statement with() {
        List<AssignmentTarget> targets = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (current().kind() != Kind.BLOCK_END) {
            if (!targets.isEmpty()) expectOperator(",");
            targets.add(singleTarget(false));
            expectOperator("=");
            values.add(expression());
        }
        return Statements.with(targets, values, body("endwith"));
    }
}
