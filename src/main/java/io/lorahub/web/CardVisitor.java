package io.lorahub.web;

import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Text;

/**
 * Fits a parsed text into a page: its headings go below the page's own two levels, and pictures, which could tell
 * another site who reads, become links.
 */
final class CardVisitor extends AbstractVisitor {

    private static final int LEVELS_ABOVE = 2;
    private static final int LOWEST = 6;

    @Override
    public void visit(Heading heading) {
        heading.setLevel(Math.min(LOWEST, heading.getLevel() + LEVELS_ABOVE));
        visitChildren(heading);
    }

    @Override
    public void visit(Image image) {
        Link link = new Link(image.getDestination(), image.getTitle());
        if (image.getFirstChild() == null) link.appendChild(new Text(image.getDestination()));
        while (image.getFirstChild() != null) link.appendChild(image.getFirstChild());
        image.insertAfter(link);
        image.unlink();
        visitChildren(link);
    }
}
