package io.lorahub.upload;

import io.lorahub.engine.names.EnumNames;

/** How the hub handles an uploaded file. */
public enum FileKind {
    /** It is part of the adapter. */
    KEPT,
    /** A zip, which is replaced by its contents. */
    ARCHIVE,
    /** An adapter does not need it: it is listed, but neither sent nor stored. */
    IGNORED;

    /** The kind as used in the API, such as {@code kept}. */
    String word() {
        return EnumNames.of(this);
    }
}
