package io.lorahub.engine.learning;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened so far, to be closed in reverse when opening the rest fails. */
final class CloseOnFailure {

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T resource) {
        opened.push(resource);
        return resource;
    }

    void close() {
        for (AutoCloseable resource : opened) {
            try {
                resource.close();
            } catch (Exception e) {
                // the error that made us close is the one to report
            }
        }
    }
}
