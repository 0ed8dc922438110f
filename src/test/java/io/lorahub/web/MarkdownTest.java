package io.lorahub.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MarkdownTest {

    private static final Set<String> ATTRIBUTES = Set.of("href", "title", "rel", "start", "align");

    @Test
    void a_card_becomes_HTML() {
        assertThat(html("# Un\n\nPuts *un* before a **word**, `happy`:\n\n1. one\n2. two\n\n> quoted"))
                .contains("<h3>Un</h3>", "<em>un</em>", "<strong>word</strong>", "<code>happy</code>", "<ol>")
                .contains("<blockquote>");
    }

    @Test
    void tables_have_their_alignment() {
        assertThat(html("| a | b |\n|---|--:|\n| 1 | 2 |"))
                .contains("<table>", "<th>a</th>", "<th align=\"right\">b</th>", "<td align=\"right\">2</td>");
    }

    @Test
    void headings_stand_below_those_of_the_page() {
        assertThat(html("# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6"))
                .isEqualToIgnoringNewLines("<h3>1</h3><h4>2</h4><h5>3</h5><h6>4</h6><h6>5</h6><h6>6</h6>");
    }

    @Test
    void links_tell_searchers_and_other_sites_nothing() {
        assertThat(html("[a](https://example.org/x?a=b&c=d) [b](/demo/un) [c](mailto:a@example.org)"))
                .contains("<a href=\"https://example.org/x?a=b&amp;c=d\" rel=\"nofollow ugc noopener\">a</a>")
                .contains("<a href=\"/demo/un\" rel=\"nofollow ugc noopener\">b</a>")
                .contains("href=\"mailto:a@example.org\"");
    }

    @Test
    void pictures_become_links() {
        assertThat(html("![a *plot*](https://example.org/p.png) ![](https://example.org/q.png)"))
                .doesNotContain("<img")
                .contains(">a <em>plot</em></a>", ">https://example.org/q.png</a>");
        assertThat(html("[![badge](https://example.org/b.svg)](https://example.org)"))
                .doesNotContain("<img")
                .contains("badge");
    }

    @Test
    void HTML_is_shown_as_text() {
        assertThat(html("a <b>bold</b>\n\n<div>block</div>"))
                .contains("a &lt;b&gt;bold&lt;/b&gt;", "&lt;div&gt;block&lt;/div&gt;");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "<img src=x onerror=alert(1)>",
                "<svg/onload=alert(1)>",
                "<iframe srcdoc='<script>alert(1)</script>'>",
                "<a href=\"javascript:alert(1)\">x</a>",
                "[x](javascript:alert(1))",
                "[x](JaVaScRiPt:alert(1))",
                "[x](java&#x0A;script:alert(1))",
                "[x](&#106;avascript:alert(1))",
                "[x](\u0001javascript:alert(1))",
                "[x](data:text/html;base64,PHNjcmlwdD4=)",
                "[x](vbscript:msgbox(1))",
                "[x](//evil.example \"a\\\" onmouseover=\\\"alert(1)\")",
                "[x](http://a.example/\"onmouseover=\"alert(1))",
                "![x](javascript:alert(1))",
                "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
                "<javascript:alert(1)>",
                "[x]: javascript:alert(1)\n\n[x]",
                "```\"><script>alert(1)</script>\nx\n```",
                "``` x\" onclick=\"alert(1)\ny\n```",
                "| <script> |\n|---|\n| <img src=x onerror=alert(1)> |",
                "<!--><script>alert(1)</script>-->",
                "<![CDATA[><script>alert(1)</script>]]>",
                "<style>*{background:url(//evil.example)}</style>",
                "<form action=//evil.example><button>x</button></form>",
                "&lt;script&gt;alert(1)&lt;/script&gt;",
                "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>"
            })
    void nothing_hostile_gets_through(String text) {
        assertHarmless(html(text));
    }

    static Stream<String> enormous() {
        int n = 1 << 20;
        return Stream.of(
                "[".repeat(n),
                "*".repeat(n),
                "*a **b ".repeat(n / 7),
                "**a *b ".repeat(n / 7) + "*".repeat(100),
                "![".repeat(n / 2) + "](x)".repeat(1000),
                "[a](".repeat(n / 4),
                "[a](<b".repeat(n / 6),
                "`".repeat(5) + "` ``".repeat(n / 4),
                ">".repeat(n),
                "- ".repeat(n / 2),
                "1) ".repeat(n / 3),
                "<".repeat(n),
                "<!--".repeat(n / 4),
                "&".repeat(n),
                "|".repeat(n) + "\n" + "|-".repeat(n / 2),
                "\n".repeat(n),
                "[a]: b\n".repeat(n / 7) + "[a]".repeat(1000),
                "_a__b".repeat(n / 5));
    }

    /** One megabyte each: it has to end, without exhausting the stack. */
    @ParameterizedTest
    @MethodSource("enormous")
    void enormous_and_deeply_nested_texts_end(String text) {
        assertHarmless(html(text));
    }

    @Test
    void what_is_nested_too_deep_is_text() {
        assertThat(html("*a **b ".repeat(200) + "c** d*".repeat(200))).contains("<em>a <strong>b", "*a **b");
    }

    private static void assertHarmless(String html) {
        Document document = Jsoup.parseBodyFragment(html);
        assertThat(document.body().select("script, img, svg, iframe, style, form, button, math, object, embed"))
                .isEmpty();
        for (Element element : document.body().getAllElements()) {
            for (Attribute attribute : element.attributes()) {
                assertThat(ATTRIBUTES).contains(attribute.getKey());
                if (attribute.getKey().equals("href")) {
                    assertThat(attribute.getValue()).matches("(?i)(https?:|mailto:|/|[\\w.%#?-]*([/?#]|$)).*");
                }
            }
        }
    }

    private static String html(String text) {
        return Markdown.html(text).toString();
    }

    @Test
    void a_link_that_leads_nowhere_safe_is_text() {
        assertThat(Markdown.html("[x](javascript:alert(1)) and [y]() and [z](/demo/un)")
                        .toString())
                .isEqualTo("<p>x and y and <a href=\"/demo/un\" rel=\"nofollow ugc noopener\">z</a></p>\n");
    }
}
