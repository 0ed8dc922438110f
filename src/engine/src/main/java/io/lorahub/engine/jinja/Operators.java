package io.lorahub.engine.jinja;

import io.lorahub.engine.jinja.value.Arithmetic;
import io.lorahub.engine.jinja.value.CallArguments;
import io.lorahub.engine.jinja.value.JinjaException;
import io.lorahub.engine.jinja.value.JinjaFilters;
import io.lorahub.engine.jinja.value.JinjaFunction;
import io.lorahub.engine.jinja.value.JinjaTests;
import io.lorahub.engine.jinja.value.PythonText;
import io.lorahub.engine.jinja.value.PythonTuple;
import io.lorahub.engine.jinja.value.PythonValues;
import io.lorahub.engine.jinja.value.RenderBudget;
import io.lorahub.engine.jinja.value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The expressions with operators: logic, comparison, items, lists, calls. */
final class Operators {

    private Operators() {}

    /** One comparison of a chain such as {@code a < b < c}. */
    record Comparison(String operator, Expression right) {}

    /** An argument of a call; the name is empty for a positional one, * and ** spread a list or dict. */
    record Argument(String name, Expression value) {}

    static Expression or(Expression left, Expression right) {
        return frame -> {
            Object value = left.evaluate(frame);
            return PythonValues.truth(value) ? value : right.evaluate(frame);
        };
    }

    static Expression and(Expression left, Expression right) {
        return frame -> {
            Object value = left.evaluate(frame);
            return PythonValues.truth(value) ? right.evaluate(frame) : value;
        };
    }

    static Expression not(Expression operand) {
        return frame -> !PythonValues.truth(operand.evaluate(frame));
    }

    /** {@code then if condition else otherwise}; without an else, the value is undefined. */
    static Expression conditional(Expression condition, Expression then, Expression otherwise) {
        return frame -> {
            if (PythonValues.truth(condition.evaluate(frame))) return then.evaluate(frame);
            return otherwise == null ? new Undefined("an inline if has no else") : otherwise.evaluate(frame);
        };
    }

    static Expression comparison(Expression first, List<Comparison> rest) {
        return frame -> {
            Object left = first.evaluate(frame);
            for (Comparison comparison : rest) {
                Object right = comparison.right().evaluate(frame);
                if (!frame.values().holds(comparison.operator(), left, right)) return false;
                left = right;
            }
            return true;
        };
    }

    static Expression arithmetic(String operator, Expression left, Expression right) {
        return frame -> Arithmetic.apply(operator, left.evaluate(frame), right.evaluate(frame), frame.values());
    }

    static Expression signed(boolean negative, Expression operand) {
        return frame -> {
            Object negated = Arithmetic.negated(operand.evaluate(frame));
            return negative ? negated : Arithmetic.negated(negated);
        };
    }

    static Expression concatenation(List<Expression> parts) {
        return frame -> {
            Output text = frame.output();
            for (Expression part : parts) text.write(new PythonText(frame.budget()).str(part.evaluate(frame)));
            return text.text();
        };
    }

    static Expression tuple(List<Expression> elements) {
        Expression list = list(elements);
        return frame -> {
            @SuppressWarnings("unchecked")
            List<Object> values = (List<Object>) list.evaluate(frame);
            return new PythonTuple(values);
        };
    }

    static Expression list(List<Expression> elements) {
        return frame -> {
            frame.budget().spendElements(elements.size());
            List<Object> values = new ArrayList<>(elements.size());
            for (Expression element : elements) values.add(element.evaluate(frame));
            return values;
        };
    }

    static Expression dict(List<Expression> keys, List<Expression> values) {
        return frame -> {
            frame.budget().spendElements(keys.size());
            Map<Object, Object> map = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                map.put(key(keys.get(i).evaluate(frame)), values.get(i).evaluate(frame));
            }
            return map;
        };
    }

    private static Object key(Object key) {
        if (key == null || key instanceof String || PythonValues.isNumber(key)) return key;
        throw new JinjaException("%s cannot be the key of a dict".formatted(PythonValues.type(key)));
    }

    static Expression attribute(Expression value, String name) {
        return frame -> frame.values().attribute(value.evaluate(frame), name);
    }

    static Expression item(Expression value, Expression key) {
        return frame -> frame.values().item(value.evaluate(frame), key.evaluate(frame));
    }

    static Expression slice(Expression value, Expression from, Expression to, Expression step) {
        return frame -> frame.values()
                .slice(value.evaluate(frame), optional(from, frame), optional(to, frame), optional(step, frame));
    }

    private static Object optional(Expression expression, Frame frame) {
        return expression == null ? null : expression.evaluate(frame);
    }

    /** A call of a function or macro. */
    record Call(Expression function, List<Argument> arguments) implements Expression {

        @Override
        public Object evaluate(Frame frame) {
            Object callee = function.evaluate(frame);
            if (callee instanceof Undefined undefined) throw undefined.failure();
            if (!(callee instanceof JinjaFunction target)) {
                throw new JinjaException("%s cannot be called".formatted(PythonValues.type(callee)));
            }
            frame.budget().spend(RenderBudget.STEP);
            return target.call(Operators.arguments(arguments, frame));
        }

        /** The same call with one more argument. */
        Call with(Argument argument) {
            List<Argument> all = new ArrayList<>(arguments);
            all.add(argument);
            return new Call(function, all);
        }
    }

    static CallArguments arguments(List<Argument> arguments, Frame frame) {
        if (arguments.isEmpty()) return CallArguments.NONE;
        frame.budget().spend(arguments.size());
        List<Object> positional = new ArrayList<>();
        Map<String, Object> named = new LinkedHashMap<>();
        for (Argument argument : arguments) {
            Object value = argument.value().evaluate(frame);
            if (argument.name().isEmpty()) positional.add(value);
            else if (argument.name().equals("*")) {
                List<Object> more = frame.values().iterate(value);
                frame.budget().spendElements(more.size());
                positional.addAll(more);
            } else if (!argument.name().equals("**")) named.put(argument.name(), value);
            else if (value instanceof Map<?, ?> map) {
                frame.budget().spendElements(map.size());
                map.forEach((k, v) -> named.put(String.valueOf(k), v));
            } else throw new JinjaException("** needs a dict, not %s".formatted(PythonValues.type(value)));
        }
        return new CallArguments(positional, named);
    }

    static Expression filter(String name, Expression value, List<Argument> arguments) {
        return frame -> JinjaFilters.apply(name, frame.values(), value.evaluate(frame), arguments(arguments, frame));
    }

    static Expression test(String name, Expression value, List<Argument> arguments) {
        return frame -> JinjaTests.apply(name, frame.values(), value.evaluate(frame), arguments(arguments, frame));
    }
}
