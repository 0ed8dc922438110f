package io.lorahub.web;

import io.quarkus.qute.RawString;
import io.quarkus.qute.TemplateExtension;
import java.util.List;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.safety.Cleaner;
import org.jsoup.safety.Safelist;

/**
 * What members write, as HTML that is safe on our pages: CommonMark with tables, as {@code {markdown:html(text)}} in
 * templates. HTML within the text is shown as text; what the renderer makes passes a list of allowed tags once more.
 */
@TemplateExtension(namespace = "markdown")
public final class Markdown {

    /** Characters; as many as a card may have. Bounds the time, which for hostile texts grows with the square. */
    static final int LONGEST = 100_000;

    /** Levels of quotes and lists, and of emphasis; what is deeper is text. Without it the stack would be exhausted. */
    private static final int DEEPEST = 30;

    private static final Parser PARSER = Parser.builder()
            .extensions(List.of(TablesExtension.create()))
            .maxOpenBlockParsers(DEEPEST)
            .maxInlineNesting(DEEPEST)
            .build();

    private static final HtmlRenderer RENDERER = HtmlRenderer.builder()
            .extensions(List.of(TablesExtension.create()))
            .escapeHtml(true)
            .sanitizeUrls(true)
            .build();

    private static final Safelist ALLOWED = new Safelist()
            .addTags("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code")
            .addTags("em", "strong", "a", "table", "thead", "tbody", "tr", "th", "td")
            .addAttributes("a", "href", "title")
            .addAttributes("ol", "start")
            .addAttributes("th", "align")
            .addAttributes("td", "align")
            .addProtocols("a", "href", "http", "https", "mailto")
            .addEnforcedAttribute("a", "rel", "nofollow ugc noopener")
            .preserveRelativeLinks(true);

    /** Only so that links to our own pages count as links of a known protocol; it never shows. */
    private static final String BASE = "https://lorahub.invalid/";

    private Markdown() {}

    public static RawString html(String text) {
        String bounded = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        Node document = PARSER.parse(bounded);
        document.accept(new CardVisitor());
        Document clean = new Cleaner(ALLOWED).clean(Jsoup.parseBodyFragment(RENDERER.render(document), BASE));
        clean.outputSettings().prettyPrint(false);
        clean.select("a:not([href]), a[href='']").unwrap(); // what led nowhere safe is text
        return new RawString(clean.body().html());
    }
}
