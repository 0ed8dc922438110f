package io.lorahub.web;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.HtmlBlock;
import org.commonmark.node.HtmlInline;
import org.commonmark.node.Node;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlWriter;

/** HTML that was typed into a text: what folds, breaks lines and raises letters is that; all other HTML is text. */
final class HtmlInText implements NodeRenderer {

    /** Without attributes, but {@code open}. */
    private static final Pattern TAG =
            Pattern.compile("</?(details|summary|br|sub|sup|kbd)\\s*/?>|<details\\s+open>", Pattern.CASE_INSENSITIVE);

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
