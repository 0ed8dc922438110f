package io.lorahub.engine.learning;

/** A few-shot or held-out example: an input for the model and the expected output. */
public record Example(String input, String output) {}
