package io.lorahub.testsupport.hostile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Element;

/** Text that becomes a script wherever it is not escaped, and what a page must not contain. */
public final class HostileText {

    /** Begins everything hostile, so that it is found again; not part of any word. */
    public static final String MARK = "qzx";

    /** Leaves attributes, titles and text areas; for links there is Markdown in it. */
    public static final String MARKUP = MARK
            + "'\"></title></textarea><script src=//evil.example/x.js></script><img src=x onerror=alert(1)>"
            + "<svg/onload=alert(1)>[x](javascript:alert(1)) <a href=\"javascript:alert(1)\">{7*7}{inject:viewer.name}<!--";

    /** Short enough for a licence, which has at most 60 characters. */
    private static final String SHORT_MARKUP = "'\"></title><script></script><img onerror=e()>";

    public static final String NUL = MARK + "\0nul";

    /** Line breaks that could end a header, an escape character, marks of direction, half a character, no characters. */
    public static final String CONTROLS = MARK
            + "\r\nX-Injected: yes\r\n\r\n\u0001\u001b[31m\u202e\u2066\u2028\ufeff\ufffe\uffff\ud800<script src=//evil.example>";

    public static final String LONG = MARK + "x".repeat(200_000);

    private static final Set<String> ADDRESSES =
            Set.of("href", "src", "action", "formaction", "data", "xlink:href", "srcdoc", "poster", "background");
    private static final List<String> SCHEMES = List.of("javascript:", "data:", "vbscript:");
    private static final Set<String> NEVER =
            Set.of("iframe", "object", "embed", "base", "style", "frame", "applet", "img");

    private HostileText() {}

    /** At most a hundred characters, by which the place where it was written is known again. */
    public static String of(String place) {
        String text = MARK + "-" + place + SHORT_MARKUP;
        if (text.length() > 100) throw new IllegalArgumentException("“%s” is too long a name.".formatted(place));
        return text;
    }

    /** Everything on a page that a browser could treat as a script or as another site's; empty if the page is safe. */
    public static List<String> faults(String html) {
        List<String> faults = new ArrayList<>();
        for (Element element : Jsoup.parse(html).getAllElements()) {
            String tag = element.normalName();
            if (NEVER.contains(tag)) faults.add("an element " + tag);
            if (tag.equals("script")
                    && (!isOurs(element.attr("src")) || !element.data().isBlank())) faults.add("a script");
            if (tag.equals("link")
                    && !isOurs(element.attr("href"))
                    && !element.attr("rel").equals("canonical")) faults.add("a link to another site");
            if (tag.equals("form") && !element.attr("action").isEmpty() && !isOurs(element.attr("action"))) {
                faults.add("a form for another site");
            }
            if (tag.equals("meta")
                    && element.hasAttr("http-equiv")
                    && !element.attr("content").matches("\\d+")) faults.add("a meta element for the browser");
            for (Attribute attribute : element.attributes()) faultOf(attribute, faults);
        }
        return faults;
    }

    private static void faultOf(Attribute attribute, List<String> faults) {
        String name = attribute.getKey().toLowerCase(Locale.ROOT);
        if (name.startsWith("on") || name.equals("style")) faults.add("an attribute " + name);
        String value = attribute.getValue().replaceAll("[\\p{Cntrl}\\s]", "").toLowerCase(Locale.ROOT);
        if (ADDRESSES.contains(name) && SCHEMES.stream().anyMatch(value::startsWith)) faults.add(name + "=" + value);
    }

    private static boolean isOurs(String address) {
        return address.startsWith("/") && !address.startsWith("//") && !address.startsWith("/\\");
    }
}
