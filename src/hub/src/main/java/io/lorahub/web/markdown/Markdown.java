package io.lorahub.web.markdown;

import io.lorahub.web.markdown.MarkdownBudget.SpentException;
import io.quarkus.qute.RawString;
import io.quarkus.qute.TemplateExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.Extension;
import org.commonmark.ext.autolink.AutolinkExtension;
import org.commonmark.ext.autolink.AutolinkType;
import org.commonmark.ext.gfm.strikethrough.StrikethroughExtension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.Text;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.html.HtmlWriter;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.safety.Cleaner;
import org.jsoup.safety.Safelist;

/**
 * Turns members' texts into HTML that is safe on our pages: CommonMark plus the extensions common in cards on the
 * Hugging Face Hub, for use in templates as {@code {markdown:html(text)}}. A few HTML tags in the text are kept ({@code
 * HtmlInText}), the rest is shown as text; the renderer's output is then filtered by an allowlist of tags. A text that
 * would take too much time or space is shown as typed.
 */
@TemplateExtension(namespace = "markdown")
public final class Markdown {

    /** Increase this whenever the same text yields different HTML, so that stored HTML is rendered again. */
    public static final int EDITION = 1;

    /** Characters; the maximum length of a card. */
    static final int LONGEST = 100_000;

    /**
     * Maximum nesting of quotes and lists, and of emphasis; anything deeper is shown as text. Deeper nesting could
     * exhaust the stack.
     */
    private static final int DEEPEST = 30;

    private static final List<Extension> EXTENSIONS = List.of(
            TablesExtension.create(),
            StrikethroughExtension.create(),
            AutolinkExtension.builder()
                    .linkTypes(AutolinkType.URL, AutolinkType.WWW)
                    .build(),
            new Footnotes());

    private static final HtmlRenderer RENDERER = HtmlRenderer.builder()
            .extensions(EXTENSIONS)
            .nodeRendererFactory(HtmlInText::new)
            .escapeHtml(true)
            .sanitizeUrls(true)
            .build();

    private static final Safelist ALLOWED = new Safelist()
            .addTags("p", "br", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code")
            .addTags("em", "strong", "del", "sub", "sup", "kbd", "a", "img", "details", "summary", "section")
            .addTags("table", "thead", "tbody", "tr", "th", "td")
            .addAttributes("a", "href", "title", "id", "aria-label")
            .addAttributes("img", "src", "alt", "title")
            .addAttributes("details", "open")
            .addAttributes("li", "id")
            .addAttributes("ol", "start")
            .addAttributes("th", "align")
            .addAttributes("td", "align")
            .addProtocols("a", "href", "http", "https", "mailto")
            .addProtocols("img", "src", "data")
            .addEnforcedAttribute("a", "rel", "nofollow ugc noopener")
            .preserveRelativeLinks(true);

    /** Id of a footnote or of its back reference. */
    private static final Pattern FOOTNOTE = Pattern.compile("fn(ref)?-\\d+");

    /** Needed only so that links to our own pages count as links with a known protocol; it never appears. */
    private static final String BASE = "https://lorahub.invalid/";

    private Markdown() {}

    public static RawString html(String text) {
        String bounded = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
        try {
            return new RawString(rendered(bounded));
        } catch (SpentException e) {
            return new RawString(asTyped(bounded));
        }
    }

    private static String rendered(String text) {
        MarkdownBudget budget = new MarkdownBudget();
        budget.requireRoomForTables(text);
        Node document = parse(text, budget);
        Footnotes.gather(document);
        document.accept(new CardVisitor());
        StringBuilder html = new StringBuilder();
        RENDERER.render(document, budget.limited(html));
        return clean(html.toString());
    }

    private static Node parse(String text, MarkdownBudget budget) {
        Parser parser = Parser.builder()
                .linkProcessor(budget.linkSteps())
                .extensions(EXTENSIONS)
                .maxOpenBlockParsers(DEEPEST)
                .maxInlineNesting(DEEPEST)
                .build();
        try {
            return parser.parseReader(budget.lines(text));
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory is read without fail", e);
        }
    }

    private static String clean(String html) {
        Document raw = Jsoup.parseBodyFragment(html, BASE);
        Document clean = new Cleaner(ALLOWED).clean(raw);
        clean.outputSettings().prettyPrint(false);
        for (Element named : clean.select("[id]")) {
            if (!FOOTNOTE.matcher(named.id()).matches()) named.removeAttr("id");
        }
        clean.select("img:not([src])").remove();
        return clean.body().html();
    }

    private static String asTyped(String text) {
        return new Element("pre").text(text).outerHtml();
    }

    /**
     * HTML typed into a text: tags for folding, line breaks, raised and lowered letters and keys are kept; all other
     * HTML is shown as text.
     */
    private static final class HtmlInText implements NodeRenderer {

        /** No attributes except {@code open}. */
        private static final Pattern TAG = Pattern.compile(
                "</?(details|summary|br|sub|sup|kbd)\\s*/?>|<details\\s+open>", Pattern.CASE_INSENSITIVE);

        private final HtmlWriter html;

        HtmlInText(HtmlNodeRendererContext context) {
            this.html = context.getWriter();
        }

        @Override
        public Set<Class<? extends Node>> getNodeTypes() {
            return Set.of(HtmlBlock.class, HtmlInline.class);
        }

        @Override
        public void render(Node node) {
            if (node instanceof HtmlInline inline) {
                write(inline.getLiteral());
            } else if (node instanceof HtmlBlock block) {
                html.line();
                write(block.getLiteral());
                html.line();
            }
        }

        private void write(String literal) {
            Matcher tag = TAG.matcher(literal);
            int from = 0;
            while (tag.find()) {
                text(literal.substring(from, tag.start()));
                html.raw(tag.group());
                from = tag.end();
            }
            text(literal.substring(from));
        }

        private void text(String text) {
            if (!text.isEmpty()) html.text(text);
        }
    }

    /**
     * Fits a parsed text into a page: its headings go below the page's own two levels. Pictures embedded in the text are
     * shown. Pictures on other sites, which would reveal readers to those sites, become links; the hub stores no pictures,
     * so only the alternative text remains of those named by a path.
     */
    private static final class CardVisitor extends AbstractVisitor {

        private static final int LEVELS_ABOVE = 2;
        private static final int LOWEST = 6;

        private static final Pattern BOX = Pattern.compile("\\[([ xX])]\\s+");

        /** Embedded pictures of types that cannot run scripts. */
        private static final Pattern HELD =
                Pattern.compile("data:image/(png|jpeg|gif|webp);base64,", Pattern.CASE_INSENSITIVE);

        /** Also matches a scheme that a browser would find despite spaces and control characters. */
        private static final Pattern SCHEME = Pattern.compile("[^/?#]*?:");

        private static final Pattern SAFE = Pattern.compile("(https?|mailto):|//", Pattern.CASE_INSENSITIVE);

        @Override
        public void visit(Heading heading) {
            heading.setLevel(Math.min(LOWEST, heading.getLevel() + LEVELS_ABOVE));
            visitChildren(heading);
        }

        /** A task list item as on GitHub gets its checkbox. */
        @Override
        public void visit(ListItem item) {
            if (item.getFirstChild() instanceof Paragraph paragraph && paragraph.getFirstChild() instanceof Text text) {
                Matcher box = BOX.matcher(text.getLiteral());
                if (box.lookingAt()) {
                    text.setLiteral((box.group(1).isBlank() ? "☐ " : "☑ ")
                            + text.getLiteral().substring(box.end()));
                }
            }
            visitChildren(item);
        }

        /** A link without a safe target becomes text. */
        @Override
        public void visit(Link link) {
            visitChildren(link);
            String destination = link.getDestination();
            if (destination.isEmpty()
                    || SCHEME.matcher(destination).lookingAt()
                            && !SAFE.matcher(destination).lookingAt()) {
                toWords(link);
            }
        }

        @Override
        public void visit(Image image) {
            String destination = image.getDestination();
            visitChildren(image);
            if (HELD.matcher(destination).lookingAt()) return;
            boolean linked = isWithinLink(image);
            if (image.getFirstChild() == null && !linked) image.appendChild(new Text(destination));
            if (SAFE.matcher(destination).lookingAt() && !linked) toLink(image);
            else toWords(image);
        }

        private static boolean isWithinLink(Node node) {
            for (Node parent = node.getParent(); parent != null; parent = parent.getParent()) {
                if (parent instanceof Link) return true;
            }
            return false;
        }

        private static void toLink(Image image) {
            Link link = new Link(image.getDestination(), image.getTitle());
            while (image.getFirstChild() != null) link.appendChild(image.getFirstChild());
            image.insertAfter(link);
            image.unlink();
        }

        /** Replaces the node with its children. */
        private static void toWords(Node node) {
            Node before = node;
            for (Node word = node.getFirstChild(); word != null; word = node.getFirstChild()) {
                before.insertAfter(word);
                before = word;
            }
            node.unlink();
        }
    }
}
