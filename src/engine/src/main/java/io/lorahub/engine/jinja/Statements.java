package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.Statement.Next;
import io.lorahub.engine.jinja.value.PythonText;
import io.lorahub.engine.jinja.value.PythonValues;
import io.lorahub.engine.jinja.value.RenderBudget;
import java.util.ArrayList;
import java.util.List;

/** The statements of a template except loops. */
final class Statements {

    private Statements() {}

    static Statement text(String text) {
        return (frame, output) -> {
            output.write(text);
            return Next.STATEMENT;
        };
    }

    static Statement print(Expression value) {
        return (frame, output) -> {
            output.write(new PythonText(frame.budget()).str(value.evaluate(frame)));
            return Next.STATEMENT;
        };
    }

    static Statement sequence(List<Statement> statements) {
        List<Statement> all = List.copyOf(statements);
        return (frame, output) -> {
            for (Statement statement : all) {
                frame.budget().spend(RenderBudget.STEP);
                Next next = statement.render(frame, output);
                if (next != Next.STATEMENT) return next;
            }
            return Next.STATEMENT;
        };
    }

    static Statement conditional(Expression condition, Statement then, Statement otherwise) {
        return (frame, output) -> {
            if (PythonValues.truth(condition.evaluate(frame))) return then.render(frame, output);
            return otherwise == null ? Next.STATEMENT : otherwise.render(frame, output);
        };
    }

    /** A block whose variables end with it. */
    static Statement scope(Statement body) {
        return (frame, output) -> body.render(frame.child(), output);
    }

    static Statement assignment(AssignmentTarget target, Expression value) {
        return (frame, output) -> {
            target.assign(frame, value.evaluate(frame));
            return Next.STATEMENT;
        };
    }

    static Statement blockAssignment(AssignmentTarget target, Statement body, Expression filtered) {
        return (frame, output) -> {
            target.assign(frame, textOf(body, filtered, frame));
            return Next.STATEMENT;
        };
    }

    static Statement filterBlock(Statement body, Expression filtered) {
        return (frame, output) -> {
            output.write(new PythonText(frame.budget()).str(textOf(body, filtered, frame)));
            return Next.STATEMENT;
        };
    }

    private static Object textOf(Statement body, Expression filtered, Frame frame) {
        Output text = frame.output();
        Frame inner = frame.child();
        body.render(inner, text);
        Frame named = frame.child();
        named.set(TemplateParser.BLOCK_TEXT, text.text());
        return filtered.evaluate(named);
    }

    static Statement with(List<AssignmentTarget> targets, List<Expression> values, Statement body) {
        return (frame, output) -> {
            List<Object> evaluated = new ArrayList<>();
            for (Expression value : values) evaluated.add(value.evaluate(frame));
            Frame inner = frame.child();
            for (int i = 0; i < targets.size(); i++) targets.get(i).assign(inner, evaluated.get(i));
            return body.render(inner, output);
        };
    }
}
