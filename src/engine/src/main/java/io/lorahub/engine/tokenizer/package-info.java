/**
 * Text to token ids and back, as transformers does it with tokenizer.json and the files beside it. Begin with {@code
 * Tokenizer}; {@code SpecialTokens} are those that begin and end texts.
 */
package io.lorahub.engine.tokenizer;
