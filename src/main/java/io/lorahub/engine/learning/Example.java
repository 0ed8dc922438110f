package io.lorahub.engine.learning;

/** A few-shot or held-out example: what the model reads and what it should say. */
public record Example(String input, String output) {}
