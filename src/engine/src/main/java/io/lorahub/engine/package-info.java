/**
 * LoRA adapters, base models and the search for weights, in plain Java on DJL. {@code LoraHub} is the facade: begin
 * there; docs/architecture.md has a map.
 *
 * <p>Nothing here uses the rest of LoraHub, Quarkus or the database; {@code ArchitectureTest} checks this. Errors in
 * the input are {@code EngineException}s whose message says how to fix them.
 */
package io.lorahub.engine;
