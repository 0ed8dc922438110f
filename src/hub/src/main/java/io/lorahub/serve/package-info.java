/**
 * The server as a process: data directory, embedded PostgreSQL, settings, start and stop. Begin with {@code Server}.
 *
 * <p>{@code SettingsValidator} checks all settings before anything starts and reports all errors at once.
 */
package io.lorahub.serve;
