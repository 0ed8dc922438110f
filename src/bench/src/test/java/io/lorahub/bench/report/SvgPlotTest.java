package io.lorahub.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class SvgPlotTest {

    @Test
    void names_are_escaped_and_labels_stay_apart() throws Exception {
        Map<String, List<SvgPlot.Point>> lines = new LinkedHashMap<>();
        for (String name : List.of("a < b & c", "d", "e")) {
            lines.put(name, List.of(new SvgPlot.Point("40", 0, 0, 3), new SvgPlot.Point("100", 1, 0, 5)));
        }
        String xml = new SvgPlot("Exact match", "budget", 100, List.of("40", "100"), lines).xml();

        Document svg = parse(xml);
        List<Element> labels = texts(svg).stream()
                .filter(t -> t.getTextContent().endsWith(" 1"))
                .toList();
        assertThat(labels).extracting(Element::getTextContent).contains("a < b & c 1");
        assertThat(labels).hasSize(3);
        List<Double> heights = labels.stream()
                .map(l -> Double.valueOf(l.getAttribute("y")))
                .sorted()
                .toList();
        assertThat(heights.get(1) - heights.get(0)).isGreaterThanOrEqualTo(15.9);
        assertThat(heights.get(2) - heights.get(1)).isGreaterThanOrEqualTo(15.9);
        assertThat(heights.get(2)).as("inside the picture").isLessThan(420);
    }

    @Test
    void values_above_a_hundred_have_room_and_only_some_of_many_places_are_named() throws Exception {
        List<String> minutes = IntStream.range(0, 30).mapToObj(String::valueOf).toList();
        List<SvgPlot.Point> points =
                minutes.stream().map(minute -> SvgPlot.Point.of(minute, 250)).toList();

        Document svg = parse(new SvgPlot("Threads", "minutes", 500, minutes, Map.of("web-1", points)).xml());

        assertThat(texts(svg))
                .extracting(Element::getTextContent)
                .contains("500", "0", "27")
                .doesNotContain("1", "28");
        assertThat(((Element) svg.getElementsByTagName("circle").item(0)).getAttribute("cy"))
                .isEqualTo("204.0");
    }

    private static Document parse(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    private static List<Element> texts(Document svg) {
        List<Element> texts = new ArrayList<>();
        for (int i = 0; i < svg.getElementsByTagName("text").getLength(); i++) {
            texts.add((Element) svg.getElementsByTagName("text").item(i));
        }
        return texts;
    }
}
