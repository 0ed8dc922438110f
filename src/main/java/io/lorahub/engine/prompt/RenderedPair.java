package io.lorahub.engine.prompt;

/** What the model reads and what it should write, with special tokens, for people to look at. */
public record RenderedPair(String prompt, String output) {}
