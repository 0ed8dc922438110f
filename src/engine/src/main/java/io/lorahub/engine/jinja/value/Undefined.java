package io.lorahub.engine.jinja.value;

/** A variable or attribute that does not exist. It prints as nothing; using it in any other way fails. */
public record Undefined(String reason) {

    public JinjaException failure() {
        return new JinjaException(reason);
    }
}
