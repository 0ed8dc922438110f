/**
 * What features say about their settings. A feature declares each setting once, as a method of its {@code …Config}
 * interface with default and Javadoc; {@code Accepts} adds what the return type cannot say.
 *
 * <p>{@code SettingsValidator} reads both before the start, and a test compares them with docs/settings.md.
 */
package io.lorahub.settings;
