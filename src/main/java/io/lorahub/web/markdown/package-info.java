/** What members write, as HTML that is safe on our pages. Begin with {@code Markdown}. */
package io.lorahub.web.markdown;
