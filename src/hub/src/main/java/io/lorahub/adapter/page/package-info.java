/**
 * The public page of an adapter: description, norms, versions and their differences, commands to copy, likes. Begin with
 * {@code AdapterPage} and {@code AdapterPageModel}; {@code ComparePage} shows two versions side by side.
 *
 * <p>An author's text is never shown as it came: {@code Descriptions} renders Markdown to safe HTML, and {@code Snippets}
 * quotes values for the shell and for Python. No transaction is open while versions are compared.
 */
package io.lorahub.adapter.page;
