package io.lorahub.imports.source;

import java.util.List;
import java.util.Optional;

/**
 * The files of a repository at a commit.
 *
 * @param commit id of 40 hexadecimal digits
 * @param licence that its card names, as the other hub says it
 */
public record RepositoryListing(String commit, List<ListedFile> files, Optional<String> licence) {

    /**
     * @param path inside the repository
     * @param size in bytes
     * @param etag id of its content there; empty if the hub says none that is usable
     * @param sha256 of its content, if the hub says it
     */
    public record ListedFile(String path, long size, String etag, Optional<String> sha256) {}
}
