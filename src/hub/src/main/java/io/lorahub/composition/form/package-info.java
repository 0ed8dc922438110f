/**
 * The form in which members and visitors put a run together: candidates, examples, settings and the expected duration. Begin with
 * {@code ComposePage}; {@code RunForm} is the form as sent, shown and stored.
 *
 * <p>Every action saves the entered data as a draft. Entered text is kept unchanged, even if it cannot be read, and every
 * button works without scripts.
 */
package io.lorahub.composition.form;
