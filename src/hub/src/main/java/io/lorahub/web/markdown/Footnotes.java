package io.lorahub.web.markdown;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Block;
import org.commonmark.node.CustomBlock;
import org.commonmark.node.CustomNode;
import org.commonmark.node.DefinitionMap;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.parser.beta.LinkProcessor;
import org.commonmark.parser.beta.LinkResult;
import org.commonmark.parser.block.AbstractBlockParser;
import org.commonmark.parser.block.BlockContinue;
import org.commonmark.parser.block.BlockParserFactory;
import org.commonmark.parser.block.BlockStart;
import org.commonmark.parser.block.ParserState;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.html.HtmlWriter;

/**
 * Footnotes as on GitHub: {@code [^a]} in the text, {@code [^a]: text} anywhere. They appear at the end, in the order
 * of their first reference. commonmark-java's own extension has no build for our version.
 */
final class Footnotes implements Parser.ParserExtension, HtmlRenderer.HtmlRendererExtension {

    private static final Pattern START = Pattern.compile("\\[\\^([^\\s\\]]+)]:");

    /** Number of columns by which continuation lines of a footnote are indented. */
    private static final int INDENT = 4;

    private static final class Definition extends CustomBlock {
        private int number;
    }

    private static final class Reference extends CustomNode {
        private final Definition to;
        private boolean first;

        private Reference(Definition to) {
            this.to = to;
        }
    }

    /** All footnotes that are referred to. */
    private static final class Notes extends CustomBlock {}

    @Override
    public void extend(Parser.Builder parser) {
        BlockParserFactory start = (state, before) -> start(state);
        LinkProcessor reference = (link, scanner, context) -> {
            String text = link.text(scanner);
            if (link.destination() != null || !text.startsWith("^")) return LinkResult.none();
            Definition to = context.getDefinition(Definition.class, text.substring(1));
            return to == null ? LinkResult.none() : LinkResult.replaceWith(new Reference(to), link.afterTextBracket());
        };
        parser.customBlockParserFactory(start).linkProcessor(reference);
    }

    private static BlockStart start(ParserState state) {
        if (state.getIndent() >= INDENT) return BlockStart.none();
        Matcher start = START.matcher(state.getLine().getContent());
        start.region(state.getNextNonSpaceIndex(), start.regionEnd());
        return start.lookingAt()
                ? BlockStart.of(new DefinitionParser(start.group(1))).atIndex(start.end())
                : BlockStart.none();
    }

    private static final class DefinitionParser extends AbstractBlockParser {

        private final String label;
        private final Definition block = new Definition();

        private DefinitionParser(String label) {
            this.label = label;
        }

        @Override
        public Block getBlock() {
            return block;
        }

        @Override
        public boolean isContainer() {
            return true;
        }

        @Override
        public boolean canContain(Block child) {
            return true;
        }

        @Override
        public BlockContinue tryContinue(ParserState state) {
            if (state.isBlank()) return BlockContinue.atIndex(state.getIndex());
            return state.getIndent() >= INDENT
                    ? BlockContinue.atColumn(state.getColumn() + INDENT)
                    : BlockContinue.none();
        }

        @Override
        public List<DefinitionMap<?>> getDefinitions() {
            DefinitionMap<Definition> definitions = new DefinitionMap<>(Definition.class);
            definitions.putIfAbsent(label, block);
            return List.of(definitions);
        }
    }

    /** Numbers the referenced footnotes and moves them to the end; unreferenced ones are dropped. */
    static void gather(Node document) {
        List<Definition> all = new ArrayList<>();
        document.accept(new AbstractVisitor() {
            @Override
            public void visit(CustomBlock block) {
                if (block instanceof Definition definition) all.add(definition);
                visitChildren(block);
            }
        });
        if (all.isEmpty()) return;
        all.forEach(Node::unlink);
        List<Definition> used = new ArrayList<>();
        AbstractVisitor numbering = new AbstractVisitor() {
            @Override
            public void visit(CustomNode node) {
                if (node instanceof Reference reference) {
                    reference.first = reference.to.number == 0;
                    if (reference.first) {
                        used.add(reference.to);
                        reference.to.number = used.size();
                    }
                }
                visitChildren(node);
            }
        };
        document.accept(numbering);
        for (int i = 0; i < used.size(); i++) used.get(i).accept(numbering); // which can refer to more footnotes
        if (used.isEmpty()) return;
        Notes notes = new Notes();
        used.forEach(notes::appendChild);
        document.appendChild(notes);
    }

    @Override
    public void extend(HtmlRenderer.Builder renderer) {
        renderer.nodeRendererFactory(Rendering::new);
    }

    private static final class Rendering implements NodeRenderer {

        private final HtmlNodeRendererContext context;
        private final HtmlWriter html;

        private Rendering(HtmlNodeRendererContext context) {
            this.context = context;
            this.html = context.getWriter();
        }

        @Override
        public Set<Class<? extends Node>> getNodeTypes() {
            return Set.of(Notes.class, Definition.class, Reference.class);
        }

        @Override
        public void render(Node node) {
            if (node instanceof Reference reference) {
                reference(reference);
            } else if (node instanceof Definition definition) {
                html.tag("li", Map.of("id", "fn-" + definition.number));
                children(definition);
                html.tag(
                        "a",
                        Map.of(
                                "href",
                                "#fnref-" + definition.number,
                                "aria-label",
                                "Back to reference " + definition.number));
                html.text("↩");
                html.tag("/a");
                html.tag("/li");
            } else {
                html.tag("section");
                html.tag("ol");
                children(node);
                html.tag("/ol");
                html.tag("/section");
            }
        }

        private void reference(Reference reference) {
            int number = reference.to.number;
            html.tag("sup");
            html.tag(
                    "a",
                    reference.first
                            ? Map.of("href", "#fn-" + number, "id", "fnref-" + number)
                            : Map.of("href", "#fn-" + number));
            html.text(String.valueOf(number));
            html.tag("/a");
            html.tag("/sup");
        }

        private void children(Node parent) {
            for (Node child = parent.getFirstChild(); child != null; child = child.getNext()) context.render(child);
        }
    }
}
