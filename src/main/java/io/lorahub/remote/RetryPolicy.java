package io.lorahub.remote;

import java.time.Duration;
import java.util.function.Supplier;

/** How often and when a transfer goes on after its connection broke; each step forward gives all tries back. */
final class RetryPolicy {

    private static final int TRIES = 9;
    private static final Duration FIRST = Duration.ofMillis(250);

    /** In all a minute and a half, in which a hub can be started anew. */
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

    /** Asks again while the connection breaks. */
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
