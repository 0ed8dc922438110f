package io.lorahub.composition;

import java.util.ArrayList;
import java.util.List;

/**
 * The best objective so far along a run, as a small drawing; places are percentages of it. The scale is linear from the
 * first value to the last.
 */
record Sparkline(List<Line> lines) {

    record Line(double x1, double y1, double x2, double y2) {}

    /** Points that are drawn at most. */
    private static final int POINTS = 40;

    /** @param bests in order, falling */
    static Sparkline of(List<Double> bests) {
        List<Line> lines = new ArrayList<>();
        if (bests.size() < 2) return new Sparkline(lines);
        double top = bests.get(0);
        double span = Math.max(top - bests.get(bests.size() - 1), 1e-12);
        int step = Math.max(1, bests.size() / POINTS);
        double x = 0;
        double y = 5;
        for (int i = step; i < bests.size(); i += step) {
            double nextX = 100.0 * i / (bests.size() - 1);
            double nextY = 5 + 90 * (top - bests.get(i)) / span;
            lines.add(new Line(x, y, nextX, nextY));
            x = nextX;
            y = nextY;
        }
        return new Sparkline(lines);
    }
}
