/**
 * The commands that compute on this machine: compose, evaluate, generate, merge, replay, inspect, tokenize, demo. Each
 * is one class; what they have in common is in {@code options}. Begin with {@code ComposeCommand}.
 *
 * <p>They open models and adapters through {@code ModelSessions}, which never uses the network.
 */
package io.lorahub.cli.local;
