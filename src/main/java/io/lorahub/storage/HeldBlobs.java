package io.lorahub.storage;

/**
 * Published contents to which nothing refers yet. The sweep leaves them alone until this is closed; by then a transaction
 * has stored what refers to them, or nobody will.
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
