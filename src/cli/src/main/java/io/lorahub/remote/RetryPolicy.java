package io.lorahub.remote;

import java.time.Duration;
import java.util.function.Supplier;

/** How often and when a transfer is retried after a lost connection; progress resets the count. */
final class RetryPolicy {

    private static final int TRIES = 9;
    private static final Duration FIRST = Duration.ofMillis(250);

    /** A minute and a half in total, long enough for a hub to restart. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private int left = TRIES;

    void renew() {
        left = TRIES;
    }

    /** Waits a little. @throws ConnectionLost the failure, if there were enough tries */
    void wait(ConnectionLost failure) {
        if (--left == 0) throw failure;
        Duration pause = FIRST.multipliedBy(1L << (TRIES - 1 - left));
        pause(pause.compareTo(LONGEST) < 0 ? pause : LONGEST);
    }

    /** Repeats the request as long as the connection is lost. */
    <T> T until(Supplier<T> request) {
        while (true) {
            try {
                return request.get();
            } catch (ConnectionLost e) {
                wait(e);
            }
        }
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteException("Interrupted.", e);
        }
    }
}
