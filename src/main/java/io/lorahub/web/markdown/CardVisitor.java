package io.lorahub.web.markdown;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.ListItem;
import org.commonmark.node.Node;
import org.commonmark.node.Paragraph;
import org.commonmark.node.Text;

/**
 * Fits a parsed text into a page: its headings go below the page's own two levels. Pictures embedded in the text are
 * shown. Pictures on other sites, which would reveal readers to those sites, become links; the hub stores no pictures,
 * so only the alternative text remains of those named by a path.
 */
final class CardVisitor extends AbstractVisitor {

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
