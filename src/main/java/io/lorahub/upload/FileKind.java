package io.lorahub.upload;

/** What becomes of a file that is sent. */
public enum FileKind {
    /** Of the adapter. */
    KEPT,
    /** A zip: what is in it takes its place. */
    ARCHIVE,
    /** An adapter does not need it: it is listed, but neither sent nor stored. */
    IGNORED
}
