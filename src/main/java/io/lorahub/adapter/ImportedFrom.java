package io.lorahub.adapter;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Where the files of a version were fetched.
 *
 * @param hub address without a path, such as {@code https://hub.example}
 * @param repository {@code owner/name} there
 * @param commit id of 40 hexadecimal digits
 */
@Schema(name = "ImportedFrom")
public record ImportedFrom(String hub, String repository, String commit) {

    /** The repository's page. */
    public String link() {
        return hub + "/" + repository;
    }

    public String shortCommit() {
        return commit.substring(0, 8);
    }
}
