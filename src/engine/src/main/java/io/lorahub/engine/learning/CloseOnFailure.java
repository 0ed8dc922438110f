package io.lorahub.engine.learning;

import java.util.ArrayDeque;
import java.util.Deque;

/** Collects opened resources and closes them in reverse order if opening the rest fails. */
public final class CloseOnFailure {

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    public <T extends AutoCloseable> T add(T resource) {
        opened.push(resource);
        return resource;
    }

    public void close() {
        for (AutoCloseable resource : opened) {
            try {
                resource.close();
            } catch (Exception e) {
                // the original error is the one to report
            }
        }
    }
}
