package io.lorahub.web.markdown;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.lorahub.testsupport.hostile.ForeignBytes;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Element;
import org.junit.jupiter.params.provider.MethodSource;

class MarkdownFuzzTest {

    private static final Set<String> ATTRIBUTES =
            Set.of("href", "title", "id", "aria-label", "rel", "src", "alt", "open", "start", "align");

    static Stream<byte[]> texts() {
        return ForeignBytes.seeds(
                """
                # Title

                > quote with [a link](https://example.org "t") and ![picture](data:image/png;base64,AA==)

                1. one
                   - two[^1]

                | a | b |
                |---|:-:|
                | ~~x~~ | `y` |

                <details open><summary>more</summary>H<sub>2</sub>O www.example.org</details>

                [^1]: A note.
                [ref]: <javascript:alert(1)>
                [text][ref] <javascript:alert(1)> <img src=x onerror=alert(1)>
                """,
                "<a href='java\tscript:alert(1)'>x</a><svg/onload=alert(1)><math><style><!--</style>\n"
                        + "```html\n"
                        + "<b>\n"
                        + "```\n");
    }

    @MethodSource("texts")
    @FuzzTest
    void any_text(byte[] bytes) throws Exception {
        ForeignBytes.read(
                128, () -> requireSafe(Markdown.html(ForeignBytes.text(bytes)).getValue()));
    }

    private static void requireSafe(String html) {
        for (Element element : Jsoup.parseBodyFragment(html).body().select("*")) {
            if (Set.of("script", "style", "svg", "math", "iframe", "form", "object")
                    .contains(element.normalName())) {
                throw new AssertionError(html);
            }
            for (Attribute attribute : element.attributes()) {
                String value =
                        attribute.getValue().replaceAll("\\s|\\p{Cntrl}", "").toLowerCase(Locale.ROOT);
                boolean script = value.startsWith("javascript:") || value.startsWith("vbscript:");
                boolean address = Set.of("href", "src").contains(attribute.getKey());
                if (!ATTRIBUTES.contains(attribute.getKey()) || address && script) throw new AssertionError(html);
            }
        }
    }
}
