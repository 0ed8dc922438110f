package io.lorahub.generation;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Limits of text generation, and what workers spend on it. */
@ConfigMapping(prefix = "lorahub.generation")
public interface GenerationConfig {

    /** Whether visitors who are not signed in can have texts written. */
    @WithDefault("true")
    boolean visitors();

    /** Maximum number of tokens of one text. */
    @WithDefault("1024")
    int maxTokens();

    /** Maximum number of texts of one request: prompts times n. */
    @WithDefault("8")
    int choices();

    /** Maximum number of requests of one member at a time. */
    @WithDefault("128")
    int atOnce();

    /** Maximum number of requests of one member per minute. */
    @WithDefault("600")
    int perMinute();

    /** Maximum number of requests of one member in 24 hours. */
    @WithDefault("20000")
    int perDay();

    /** Maximum number of tokens that one member has read and written in 24 hours. */
    @WithDefault("2000000")
    int tokensPerDay();

    /** Maximum number of requests of all visitors at a time. */
    @WithDefault("32")
    int visitorsAtOnce();

    /** Maximum number of requests of visitors from one network address at a time. */
    @WithDefault("8")
    int addressAtOnce();

    /** Maximum number of requests of visitors from one network address per minute. */
    @WithDefault("60")
    int addressPerMinute();

    /** Maximum number of requests of visitors from one network address in 24 hours. */
    @WithDefault("1000")
    int addressPerDay();

    /** Maximum number of tokens that visitors from one network address have read and written in 24 hours. */
    @WithDefault("100000")
    int addressTokensPerDay();

    /** How long a request waits for a worker. */
    @WithDefault("PT30S")
    Duration patience();

    /** How long one request can take. */
    @WithDefault("PT10M")
    Duration longest();

    /** Maximum number of requests that a worker takes at a time. A sixteenth, but at least one, is kept from each caller for others. */
    @WithDefault("34")
    int slots();

    /** Number of texts with the same base model that a worker decodes together; others wait. */
    @WithDefault("32")
    int rows();

    /** Number of tokens, of all texts with the same base model, whose keys and values a worker keeps. */
    @WithDefault("16384")
    int cacheTokens();

    /** Memory for the factors of adapters in a worker, for each base model. */
    @WithDefault("1000000000")
    long adapterBytes();

    /** Whether a worker takes no request while it has a run. Otherwise both share its processors. */
    @WithDefault("false")
    boolean belowRuns();
}
