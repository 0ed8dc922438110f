package io.lorahub.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Mistakes in templates that Qute does not find when it compiles them. */
class TemplatesTest {

    private static final Path TEMPLATES = Checkout.path("frontend-templates/templates");

    /** An enum is never equal to a text; its name is. A token's scope and a request's method are texts. */
    private static final Pattern ENUM_AS_TEXT =
            Pattern.compile("(?<!\\.name)(?<!form\\.scope)(?<!call\\.method) [!=]= '[A-Z][A-Z_]+'");

    /** A text in quotes is passed to a tag literally; {@code str:concat} builds one. */
    private static final Pattern EXPRESSION_IN_TEXT =
            Pattern.compile("\\{#\\w[\\w/]*\\b[^{}]*=(\"[^\"{}]*\\{|'[^'{}]*\\{)");

    @Test
    void no_text_in_quotes_holds_an_expression() throws IOException {
        try (Stream<Path> all = Files.walk(TEMPLATES)) {
            assertThat(all.filter(path -> path.toString().endsWith(".html")))
                    .isNotEmpty()
                    .allSatisfy(path ->
                            assertThat(text(path)).as(path.toString()).doesNotContainPattern(EXPRESSION_IN_TEXT));
        }
    }

    @Test
    void no_enum_is_compared_with_a_text() throws IOException {
        try (Stream<Path> all = Files.walk(TEMPLATES)) {
            List<Path> templates =
                    all.filter(path -> path.toString().endsWith(".html")).toList();
            assertThat(templates)
                    .isNotEmpty()
                    .allSatisfy(
                            path -> assertThat(text(path)).as(path.toString()).doesNotContainPattern(ENUM_AS_TEXT));
        }
    }

    @Test
    void no_line_is_longer_than_160_characters() throws IOException {
        try (Stream<Path> all = Files.walk(TEMPLATES)) {
            assertThat(all.filter(path -> path.toString().endsWith(".html")))
                    .isNotEmpty()
                    .allSatisfy(path -> assertThat(text(path).lines())
                            .as(path.toString())
                            .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(160)));
        }
    }

    /** Only the tag gives it the id that its control names. */
    @Test
    void errors_of_fields_are_shown_by_a_tag() throws IOException {
        try (Stream<Path> all = Files.walk(TEMPLATES)) {
            assertThat(all.filter(path -> path.toString().endsWith(".html")
                            && !path.toString().contains("/tags/")))
                    .isNotEmpty()
                    .allSatisfy(path -> assertThat(text(path))
                            .as(path.toString())
                            .doesNotContainPattern("class=\"field-error\">\\s*\\{#icon 'warning' /}<span>\\{errors"));
        }
    }

    @Test
    void indentation_shows_what_encloses_a_line() throws IOException {
        try (Stream<Path> all = Files.walk(TEMPLATES)) {
            assertThat(all.filter(path -> path.toString().endsWith(".html")))
                    .isNotEmpty()
                    .allSatisfy(path -> assertThat(TemplateLines.indentedWrongly(text(path)))
                            .as(path.toString())
                            .isEmpty());
        }
    }

    @Test
    void a_line_that_is_not_indented_is_found() {
        assertThat(TemplateLines.indentedWrongly("""
                <div>
                  {#if open}
                    <p>One
                      line</p>
                  {#else}
                    <textarea>
                text</textarea>
                  {/if}
                </div>
                """)).isEmpty();
        assertThat(TemplateLines.indentedWrongly("""
                <ul>
                {#for one in all}
                    <li>{one}</li>
                  {/for}
                  {#if more}
                  <li>more
                  here</li>
                  {/if}
                   </ul>
                """))
                .containsExactly(
                        "2: {#for one in all}",
                        "3:     <li>{one}</li>",
                        "4:   {/for}",
                        "6:   <li>more",
                        "7:   here</li>",
                        "9:    </ul>");
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
