/**
 * How enum constants are written in JSON, on the command line and in messages: {@code EXACT_MATCH} as
 * {@code exact-match}. An enum that is part of JSON returns this name from a method with {@code @JsonValue}.
 */
package io.lorahub.engine.names;
