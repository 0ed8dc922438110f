package io.lorahub.account.settings;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The common name of a browser, guessed from its User-Agent. Only for recognising it in a list.
 *
 * @param name   such as Firefox
 * @param system such as Linux; empty if unknown
 */
record BrowserName(String name, String system) {

    /** Order matters: Edge also claims to be Chrome, and Chrome claims to be Safari. */
    private static final Map<String, String> NAMES = ordered(
            "Edg",
            "Edge",
            "OPR/",
            "Opera",
            "Firefox/",
            "Firefox",
            "FxiOS",
            "Firefox",
            "CriOS",
            "Chrome",
            "Chrome/",
            "Chrome",
            "Safari/",
            "Safari",
            "curl/",
            "curl",
            "python",
            "Python",
            "Java",
            "Java");

    private static final Map<String, String> SYSTEMS = ordered(
            "Android",
            "Android",
            "iPhone",
            "iPhone",
            "iPad",
            "iPad",
            "Windows",
            "Windows",
            "Mac OS",
            "macOS",
            "CrOS",
            "ChromeOS",
            "Linux",
            "Linux");

    static BrowserName of(String userAgent) {
        return new BrowserName(find(NAMES, userAgent, "Unknown browser"), find(SYSTEMS, userAgent, ""));
    }

    private static String find(Map<String, String> known, String userAgent, String otherwise) {
        return known.entrySet().stream()
                .filter(entry -> userAgent.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(otherwise);
    }

    private static Map<String, String> ordered(String... pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) map.put(pairs[i], pairs[i + 1]);
        return map;
    }
}
