package io.lorahub.engine.jinja;

/**
 * A part of a template that has a value: null (none), Boolean, Long, Double, String, List, Map, or one of this
 * package's types.
 */
@FunctionalInterface
interface Expression {
    Object evaluate(Frame frame);
}
