package io.lorahub.adapter;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Where the files of a version were fetched.
 *
 * @param hub address without a path, such as {@code https://hub.example}
 * @param repository {@code owner/name} there
 * @param subfolder of the repository that holds the adapter; null for its top
 * @param commit id of 40 hexadecimal digits
 */
@Schema(name = "ImportedFrom")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ImportedFrom(String hub, String repository, String subfolder, String commit) {

    /** The page of the repository, or of the folder in it. */
    public String link() {
        String page = hub + "/" + repository;
        return subfolder == null ? page : page + "/tree/main/" + subfolder;
    }

    public String shortCommit() {
        return commit.substring(0, 8);
    }
}
