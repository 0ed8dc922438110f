/**
 * Prompts: how a pair of input and output becomes the tokens that a model reads and those that it should write. Begin
 * with {@code PromptFormat}, which a run records, and {@code PromptEncoder}, which applies it.
 *
 * <p>Token ids are those of transformers: {@code apply_chat_template} for chat, lm-evaluation-harness's for plain.
 */
package io.lorahub.engine.prompt;
