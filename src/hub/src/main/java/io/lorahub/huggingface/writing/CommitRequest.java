package io.lorahub.huggingface.writing;

import io.lorahub.storage.object.StagedFile;
import java.util.List;

/**
 * A commit as a client sends it.
 *
 * @param parent the commit that it expects at the head; null if that does not matter
 */
record CommitRequest(String title, String message, String parent, List<Operation> operations) {

    /** A change of one file or folder. */
    sealed interface Operation {

        String path();
    }

    /** A file whose content came with the request. */
    record Add(String path, StagedFile content) implements Operation {}

    /** A file of Git LFS whose content the repository has already. */
    record Reuse(String path, String sha256) implements Operation {}

    record DeleteFile(String path) implements Operation {}

    record DeleteFolder(String path) implements Operation {}

    List<StagedFile> staged() {
        return operations.stream()
                .filter(Add.class::isInstance)
                .map(add -> ((Add) add).content())
                .toList();
    }
}
