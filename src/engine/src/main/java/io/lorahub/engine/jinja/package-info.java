/**
 * Renders the Jinja chat templates that come with language models, as transformers renders them. Begin with
 * {@code JinjaTemplate}.
 *
 * <p>Templates are untrusted, so they can use only the variables given to them and the functions listed
 * here: no Java class or method is called by name, and {@code RenderBudget} limits work, memory and time.
 *
 * <p>Why not a library: HubSpot's Jinjava 2.8.4, set up as closely as it can be, renders 62 of 204 published templates
 * differently from Jinja, 34 of them without an error, because of its expression grammar, which cannot be replaced. It
 * parses {@code not x is defined} as {@code (not x) is defined} and so drops the generation prompt of ChatML and Llama
 * 3; it rejects {@code namespace(n=a|length - 1)}, which Qwen3 needs. The tokens of a prompt must be exact.
 */
package io.lorahub.engine.jinja;
