/**
 * Changing and deleting published adapters, on the page and in the API. Begin with {@code AdapterEditing};
 * {@code AdapterEditPage} and {@code AdapterResource} call it with an {@code AdapterChange}.
 *
 * <p>The card, the notes and the visibility can change; the files of a version cannot. Other parts remove their references
 * to a deleted adapter when {@code AdapterDeletionEvent} is fired, in the same transaction.
 */
package io.lorahub.adapter.editing;
