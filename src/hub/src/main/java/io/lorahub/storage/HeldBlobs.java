package io.lorahub.storage;

/**
 * Published content that nothing refers to yet. The sweep leaves it alone until this is closed; by then, either a
 * transaction has stored references to it or none will follow.
 */
public final class HeldBlobs implements AutoCloseable {

    private final Runnable release;

    HeldBlobs(Runnable release) {
        this.release = release;
    }

    @Override
    public void close() {
        release.run();
    }
}
