package io.lorahub.account.settings;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What people call their browser, as far as its User-Agent tells. Only for recognising it in a list.
 *
 * @param name such as Firefox
 * @param system such as Linux; empty if unknown
 */
record BrowserName(String name, String system) {

    /** The order matters: Edge also says Chrome, and Chrome also says Safari. */
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
