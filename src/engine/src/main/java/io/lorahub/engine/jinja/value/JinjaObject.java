package io.lorahub.engine.jinja.value;

/** A value with attributes of its own, such as loop. */
public interface JinjaObject {

    /** Returns an attribute, or undefined. */
    Object attribute(String name);
}
