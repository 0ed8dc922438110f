/**
 * The options of the commands that compute on this machine. Each class is a group that several commands mix in, and checks
 * what it was given. Begin with {@code ModelOptions} and {@code CandidateOptions}.
 *
 * <p>They open no model: {@code ModelSessions} in the package above does that from what they say.
 */
package io.lorahub.cli.local.options;
