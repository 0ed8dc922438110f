package io.lorahub.huggingface.writing;

/** Another commit came between reading the head and appending to it, so the operations must be applied to the new head. */
class HeadMovedException extends RuntimeException {

    HeadMovedException() {
        super("Another commit came first.", null, false, false);
    }
}
