package io.lorahub.imports.state;

import io.lorahub.imports.source.GitId;

/**
 * A file of the other hub.
 *
 * @param path there
 * @param name here
 * @param size in bytes
 * @param etag id of its content there
 * @param sha256 of its content; null until it is known
 * @param unverified whether the other hub says neither SHA-256 nor Git id, so that nothing says whether it is the right content
 */
public record FetchedFile(String path, String name, long size, String etag, String sha256, boolean unverified) {

    /** Imports of base models that are older than their uploads have no paths. */
    public FetchedFile {
        if (path == null) path = name;
    }

    public FetchedFile(String path, String name, long size, String etag, String sha256) {
        this(path, name, size, etag, sha256, sha256 == null && !GitId.isOne(etag));
    }

    /** Whether its content is to be compared with its Git id, for want of a SHA-256. */
    boolean hasGitIdOnly() {
        return sha256 == null && GitId.isOne(etag);
    }

    public FetchedFile with(String content) {
        return new FetchedFile(path, name, size, etag, content, unverified);
    }
}
