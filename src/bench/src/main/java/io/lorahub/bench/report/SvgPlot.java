package io.lorahub.bench.report;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * Lines over places, with intervals, as SVG for light and dark pages. Each line ends with its name.
 *
 * @param top    the largest value that there is room for; the vertical axis begins at 0
 * @param places what stands below the horizontal axis, at equal distances
 * @param lines  points by the name of their line; a point may be missing at some places
 */
public record SvgPlot(String title, String axis, double top, List<String> places, Map<String, List<Point>> lines) {

    /**
     * A point with its interval.
     *
     * @param place one of the places
     */
    public record Point(String place, double value, double low, double high) {

        /** Without an interval. */
        public static Point of(String place, double value) {
            return new Point(place, value, value, value);
        }

        private boolean hasInterval() {
            return low < high;
        }
    }

    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final int LEFT = 50;
    private static final int RIGHT = 500;
    private static final int TOP = 48;
    private static final int BOTTOM = 360;
    private static final int LINE_HEIGHT = 16;
    private static final int GRID_LINES = 5;

    /** Of the places that are named. */
    private static final int MOST_NAMES = 12;

    /** After Okabe and Ito, whose colours most people with a colour vision deficiency tell apart. */
    private static final List<String> COLOURS =
            List.of("#1f83d0", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8c8c8c", "#a5a000");

    private static final String STYLE = """
            svg { background: #ffffff; font: 13px system-ui, sans-serif; }
            text { fill: #1f2328; } .axis { stroke: #8c959f; } .grid { stroke: #d8dee4; }
            polyline { fill: none; stroke-width: 2; } .interval { stroke-width: 1; stroke-opacity: 0.5; }
            @media (prefers-color-scheme: dark) {
              svg { background: #0d1117; } text { fill: #e6edf3; } .axis { stroke: #7d8590; } .grid { stroke: #30363d; }
            }
            """;

    public String xml() {
        try {
            StringWriter text = new StringWriter();
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            xml.writeStartElement("svg");
            xml.writeDefaultNamespace("http://www.w3.org/2000/svg");
            attributes(xml, "viewBox", "0 0 %d %d".formatted(WIDTH, HEIGHT), "role", "img", "width", WIDTH);
            element(xml, "title", title);
            element(xml, "style", STYLE);
            element(xml, "text", title, "x", LEFT, "y", 24, "font-weight", 600);
            axes(xml);
            List<String> names = List.copyOf(lines.keySet());
            for (int i = 0; i < names.size(); i++) {
                line(xml, lines.get(names.get(i)), COLOURS.get(i % COLOURS.size()), i);
            }
            labels(xml, names);
            xml.writeEndElement();
            xml.close();
            return text + "\n";
        } catch (XMLStreamException e) {
            throw new IllegalStateException("a string can be written", e);
        }
    }

    private void axes(XMLStreamWriter xml) throws XMLStreamException {
        for (int i = 0; i <= GRID_LINES; i++) {
            double value = top * i / GRID_LINES;
            line(xml, i == 0 ? "axis" : "grid", LEFT, y(value), RIGHT, y(value), null);
            element(xml, "text", "%.0f".formatted(value), "x", LEFT - 8, "y", y(value) + 4, "text-anchor", "end");
        }
        for (int i = 0; i < places.size(); i += 1 + (places.size() - 1) / MOST_NAMES) {
            element(xml, "text", places.get(i), "x", x(i), "y", BOTTOM + 20, "text-anchor", "middle");
        }
        element(xml, "text", axis, "x", (LEFT + RIGHT) / 2, "y", BOTTOM + 44, "text-anchor", "middle");
    }

    private void line(XMLStreamWriter xml, List<Point> points, String colour, int number) throws XMLStreamException {
        // a few units beside each other, so that intervals can be told apart
        double shift = hasIntervals() ? (number - (lines.size() - 1) / 2.0) * 3 : 0;
        double radius = places.size() > MOST_NAMES ? 1.5 : 3.5;
        StringBuilder path = new StringBuilder();
        for (Point point : points) {
            double x = x(places.indexOf(point.place)) + shift;
            if (point.hasInterval()) line(xml, "interval", x, y(point.low), x, y(point.high), colour);
            element(xml, "circle", "", "cx", x, "cy", y(point.value), "r", radius, "fill", colour);
            path.append(number(x)).append(',').append(number(y(point.value))).append(' ');
        }
        element(xml, "polyline", "", "points", path.toString().strip(), "stroke", colour);
    }

    /** Names at the ends of the lines, moved apart where they would overlap. */
    private void labels(XMLStreamWriter xml, List<String> names) throws XMLStreamException {
        List<String> order = new ArrayList<>(names);
        order.sort(Comparator.comparingDouble(name -> y(last(name).value)));
        double[] places = new double[order.size()];
        for (int i = 0; i < places.length; i++) {
            double own = y(last(order.get(i)).value) + 4;
            places[i] = i == 0 ? own : Math.max(own, places[i - 1] + LINE_HEIGHT);
        }
        // what went below the plot moves up again
        double lowest = BOTTOM + 10;
        for (int i = places.length - 1; i >= 0 && places[i] > lowest; i--, lowest -= LINE_HEIGHT) places[i] = lowest;
        for (int i = 0; i < places.length; i++) {
            String colour = COLOURS.get(names.indexOf(order.get(i)) % COLOURS.size());
            element(xml, "circle", "", "cx", RIGHT + 12, "cy", places[i] - 4, "r", 4, "fill", colour);
            String label = "%s %.0f".formatted(order.get(i), last(order.get(i)).value);
            element(xml, "text", label, "x", RIGHT + 22, "y", places[i]);
        }
    }

    private boolean hasIntervals() {
        return lines.values().stream().flatMap(List::stream).anyMatch(Point::hasInterval);
    }

    private Point last(String name) {
        List<Point> points = lines.get(name);
        return points.get(points.size() - 1);
    }

    private double x(int place) {
        return LEFT + (place + 0.5) * (RIGHT - LEFT) / places.size();
    }

    private double y(double value) {
        return BOTTOM - value / top * (BOTTOM - TOP);
    }

    private static void line(
            XMLStreamWriter xml, String style, double x1, double y1, double x2, double y2, String colour)
            throws XMLStreamException {
        xml.writeEmptyElement("line");
        attributes(xml, "class", style, "x1", x1, "y1", y1, "x2", x2, "y2", y2);
        if (colour != null) attributes(xml, "stroke", colour);
    }

    /** @param attributes names and values in turns */
    private static void element(XMLStreamWriter xml, String name, String text, Object... attributes)
            throws XMLStreamException {
        xml.writeStartElement(name);
        attributes(xml, attributes);
        xml.writeCharacters(text);
        xml.writeEndElement();
        xml.writeCharacters("\n");
    }

    private static void attributes(XMLStreamWriter xml, Object... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            Object value = attributes[i + 1];
            String text = value instanceof Double d ? number(d) : value.toString();
            xml.writeAttribute(attributes[i].toString(), text);
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
