package io.lorahub.web;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;

/** What is logged of a request that was answered before its end. */
final class LogRecords extends Handler {

    private final CountDownLatch line = new CountDownLatch(1);
    private final List<String> traces = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord log) {
        if (log.getThrown() != null) traces.add(log.getMessage() + " " + log.getThrown());
        if (String.valueOf(log.getMessage()).contains("had ended before")) line.countDown();
    }

    /** Fails if the one line about it does not come. */
    void awaitLine() throws InterruptedException {
        if (!line.await(30, TimeUnit.SECONDS)) throw new AssertionError("There is no line in the log. " + traces);
    }

    List<String> traces() {
        return traces;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
