package io.lorahub.remote;

/** Receives the progress of a transfer; all counts are in bytes. */
public interface TransferProgress {

    TransferProgress SILENT = new TransferProgress() {
        @Override
        public void begin(String what, long size, long done) {}

        @Override
        public void moved(long bytes) {}

        @Override
        public void end() {}
    };

    /** @param done of its size, by an earlier try */
    void begin(String what, long size, long done);

    /** @param bytes since the last call; negative where some have to be sent again */
    void moved(long bytes);

    void end();
}
