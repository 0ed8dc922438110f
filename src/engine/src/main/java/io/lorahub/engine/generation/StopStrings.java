package io.lorahub.engine.generation;

import java.util.List;

/** Passes a text on as it grows, up to the first stop string, and holds back what could be the beginning of one. */
final class StopStrings {

    private final List<String> stops;
    private String held = "";
    private boolean found;

    StopStrings(List<String> stops) {
        this.stops = stops;
    }

    /** Returns the text that can be passed on. */
    String add(String more) {
        if (stops.isEmpty() || found) return found ? "" : more;
        String text = held + more;
        int end =
                stops.stream().mapToInt(text::indexOf).filter(i -> i >= 0).min().orElse(-1);
        if (end >= 0) {
            found = true;
            held = "";
            return text.substring(0, end);
        }
        int safe = text.length();
        for (String stop : stops) {
            for (int length = Math.min(stop.length() - 1, text.length()); length > 0; length--) {
                if (stop.startsWith(text.substring(text.length() - length))) {
                    safe = Math.min(safe, text.length() - length);
                    break;
                }
            }
        }
        held = text.substring(safe);
        return text.substring(0, safe);
    }

    /** Whether a stop string has come. */
    boolean isFound() {
        return found;
    }

    /** Returns what has been held back, when no more text comes. */
    String rest() {
        String rest = held;
        held = "";
        return rest;
    }
}
