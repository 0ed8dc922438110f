package io.lorahub.engine.jinja.value;

/** Something that a template can call. */
@FunctionalInterface
public interface JinjaFunction {
    Object call(CallArguments arguments);
}
