package io.lorahub.adapter.lineage;

import io.lorahub.adapter.AdapterVersion;
import java.util.ArrayList;
import java.util.List;

/** Lineage as boxes and arrows from left to right, with coordinates in pixels. */
public record LineageDrawing(int width, int height, List<Box> boxes, List<Arrow> arrows) {

    /**
     * @param href null if it cannot be opened
     * @param kind class of the box: {@code here}, {@code made} or empty
     */
    public record Box(int x, int y, String title, String sub, String href, String kind) {

        public int textX() {
            return x + 12;
        }

        public int titleY() {
            return y + 20;
        }

        public int subY() {
            return y + 36;
        }
    }

    /** @param line the d attribute of an SVG path */
    public record Arrow(String line, String head) {}

    public static final int BOX_WIDTH = 184;
    public static final int BOX_HEIGHT = 46;
    private static final int ROW = 58;
    private static final int COLUMN = 250;
    private static final int MARGIN = 2;
    private static final int MOST = 5;
    private static final int LONGEST = 24;
    private static final int LONGEST_SUB = 26;

    public static LineageDrawing of(AdapterVersion version, Lineage lineage) {
        List<Box> parts = column(0, lineage.mainParts(), lineage.parts().size(), "");
        int at = parts.isEmpty() ? 0 : 1;
        List<Box> made = column(at + 1, lineage.mainMade(), lineage.made().size(), "made");
        int rows = Math.max(1, Math.max(parts.size(), made.size()));
        int height = 2 * MARGIN + rows * ROW - (ROW - BOX_HEIGHT);
        Box here = new Box(
                x(at),
                (height - BOX_HEIGHT) / 2,
                brief(version.adapter.address()),
                version.label + ", this adapter",
                "/" + version.adapter.address(),
                "here");
        parts = centred(parts, height);
        made = centred(made, height);
        List<Arrow> arrows = new ArrayList<>();
        parts.forEach(part -> arrows.add(arrow(part, here)));
        made.forEach(one -> arrows.add(arrow(here, one)));
        List<Box> boxes = new ArrayList<>(parts);
        boxes.add(here);
        boxes.addAll(made);
        int columns = at + (made.isEmpty() ? 1 : 2);
        return new LineageDrawing(x(columns - 1) + BOX_WIDTH + MARGIN, height, boxes, arrows);
    }

    /** @param all number of relations, with those that are slight */
    private static List<Box> column(int column, List<Lineage.Relation> main, int all, String kind) {
        List<Box> boxes = new ArrayList<>();
        int shown = Math.min(main.size(), all > MOST ? MOST - 1 : all);
        for (Lineage.Relation r : main.subList(0, shown)) boxes.add(box(column, r, kind));
        if (shown < all) {
            String more = all - shown + (shown == 0 ? "" : " more");
            boxes.add(new Box(x(column), 0, more, "in the list above", null, kind));
        }
        return boxes;
    }

    private static Box box(int column, Lineage.Relation r, String kind) {
        String weights = r.weights().brief();
        if (r.address() == null) {
            return new Box(x(column), 0, r.takenDown() ? "Taken down" : "Not public", weights, null, kind);
        }
        String labelled = r.label() + ", " + weights;
        String sub = labelled.length() <= LONGEST_SUB ? labelled : weights;
        return new Box(x(column), 0, brief(r.address()), sub, "/" + r.address(), kind);
    }

    private static List<Box> centred(List<Box> boxes, int height) {
        int free = height - (boxes.size() * ROW - (ROW - BOX_HEIGHT));
        List<Box> placed = new ArrayList<>();
        for (Box b : boxes) {
            placed.add(new Box(b.x, free / 2 + placed.size() * ROW, b.title, b.sub, b.href, b.kind));
        }
        return placed;
    }

    private static Arrow arrow(Box from, Box to) {
        int x1 = from.x + BOX_WIDTH;
        int y1 = from.y + BOX_HEIGHT / 2;
        int x2 = to.x - 6;
        int y2 = to.y + BOX_HEIGHT / 2;
        int middle = (x1 + x2) / 2;
        return new Arrow(
                "M%d %dC%d %d %d %d %d %d".formatted(x1, y1, middle, y1, middle, y2, x2, y2),
                "m%d %d-7-3.5v7z".formatted(to.x, y2));
    }

    private static int x(int column) {
        return MARGIN + column * COLUMN;
    }

    private static String brief(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST - 1) + "…";
    }
}
