package io.lorahub.account.signin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often somebody may do something in a stretch of time, kept in the memory of this process: each of several web
 * processes counts for itself.
 */
class RateLimit {

    /** So many addresses are remembered; then the oldest are forgotten. A flood from more is not for us to stop. */
    private static final int REMEMBERED = 100_000;

    private final int allowed;
    private final Duration stretch;
    private final Clock clock;
    private final Map<String, Window> windows = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > REMEMBERED;
        }
    };

    RateLimit(int allowed, Duration stretch, Clock clock) {
        this.allowed = allowed;
        this.stretch = stretch;
        this.clock = clock;
    }

    private static final class Window {
        private final Instant end;
        private int count;

        private Window(Instant end) {
            this.end = end;
        }
    }

    /** Counts one; how long to wait if it is one too many, else zero. */
    synchronized Duration count(String who) {
        Instant now = clock.instant();
        Window window = windows.get(who);
        if (window == null || !now.isBefore(window.end)) {
            windows.remove(who);
            window = new Window(now.plus(stretch));
            windows.put(who, window);
        }
        if (window.count >= allowed) return Duration.between(now, window.end);
        window.count++;
        return Duration.ZERO;
    }

    /** What was counted did not come about. */
    synchronized void takeBack(String who) {
        Window window = windows.get(who);
        if (window != null && window.count > 0) window.count--;
    }
}
