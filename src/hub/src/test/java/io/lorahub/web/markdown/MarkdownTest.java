package io.lorahub.web.markdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
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

    private static final Set<String> ATTRIBUTES =
            Set.of("href", "title", "rel", "start", "align", "open", "id", "aria-label");

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
    void a_picture_that_the_text_holds_is_shown() {
        assertThat(html("![a *plot*](data:image/png;base64,iVBORw0KGgo=)"))
                .isEqualTo("<p><img src=\"data:image/png;base64,iVBORw0KGgo=\" alt=\"a plot\"></p>\n");
        assertThat(html("![plot](plot.png) ![x](data:image/svg+xml;base64,PHN2Zz4=)"))
                .isEqualTo("<p>plot x</p>\n");
    }

    @Test
    void features_of_cards_on_the_Hugging_Face_Hub_work() {
        assertThat(html("~~old~~ see https://example.org/a?b=c"))
                .contains("<del>old</del>", "<a href=\"https://example.org/a?b=c\"");
        assertThat(html("- [ ] open\n- [x] done")).contains("<li>☐ open</li>", "<li>☑ done</li>");
        assertThat(html("<details>\n<summary>More</summary>\n\n*inside*\n\n</details>"))
                .isEqualToIgnoringNewLines("<details><summary>More</summary><p><em>inside</em></p></details>");
        assertThat(html("H<sub>2</sub>O<br>next")).contains("H<sub>2</sub>O<br>next");
        assertThat(html("<details onclick=\"alert(1)\">")).contains("&lt;details onclick");
    }

    @Test
    void footnotes_lead_there_and_back() {
        String html = html("One[^b], two[^a], one again[^b], none[^c].\n\n[^a]: The *second*.\n[^b]: The first,\n"
                + "    in two lines.\n\nAfter.");
        Document page = Jsoup.parseBodyFragment(html);

        assertThat(page.select("p").first().text()).isEqualTo("One1, two2, one again1, none[^c].");
        assertThat(page.select("section li").eachText()).containsExactly("The first, in two lines. ↩", "The second. ↩");
        for (Element link : page.select("sup a, section li > a")) {
            assertThat(page.select(link.attr("href"))).as(link.outerHtml()).hasSize(1);
        }
    }

    static Stream<String> costly() {
        return Stream.of(
                "[x]:\n\"".repeat(16_000),
                "[x]: a\n\"".repeat(12_000),
                "![[]()".repeat(16_000),
                "[x]: /" + "a".repeat(30_000) + "\n\n" + "[x]".repeat(20_000),
                "|a".repeat(1_000) + "|\n" + "|-".repeat(1_000) + "|\n" + "|b\n".repeat(30_000),
                "|a".repeat(24_000) + "\n" + "|-".repeat(24_000),
                "[^1]: x\n\n" + "[^1]".repeat(20_000),
                "<details>".repeat(11_000));
    }

    /** Texts that used to take seconds or all memory: each is now rendered in bounded time and length. */
    @ParameterizedTest
    @MethodSource("costly")
    void no_text_takes_long_or_much(String text) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();

        String html = html(text);

        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - before)).isLessThan(Duration.ofSeconds(4));
        assertThat(html).hasSizeLessThan(2_000_000);
        assertHarmless(html);
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
    void text_nested_too_deeply_is_plain() {
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
