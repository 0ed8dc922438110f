/** Turns members' texts into HTML that is safe on our pages. Begin with {@code Markdown}. */
package io.lorahub.web.markdown;
