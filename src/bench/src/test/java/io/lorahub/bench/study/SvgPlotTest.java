package io.lorahub.bench.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        String xml = new SvgPlot("Exact match", "budget", List.of("40", "100"), lines).xml();

        Document svg =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
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

    private static List<Element> texts(Document svg) {
        List<Element> texts = new ArrayList<>();
        for (int i = 0; i < svg.getElementsByTagName("text").getLength(); i++) {
            texts.add((Element) svg.getElementsByTagName("text").item(i));
        }
        return texts;
    }
}
