package io.lorahub.huggingface;

import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.UnusableObjectException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Files of commits with their Git ids, for which small files are read from the store. */
@ApplicationScoped
public class GitIds {

    private final Blobs blobs;

    GitIds(Blobs blobs) {
        this.blobs = blobs;
    }

    /** Reads the object if it is small, so no transaction should be open. */
    public TreeFile file(String path, long size, String sha256) {
        if (TreeFile.isLfs(path, size)) return TreeFile.lfs(path, size, sha256);
        try (InputStream content = blobs.open(sha256, 0, size)) {
            return new TreeFile(path, size, sha256, TreeFile.gitOid(content.readAllBytes()), false);
        } catch (UnusableObjectException e) {
            return TreeFile.lfs(path, size, sha256); // it cannot be downloaded either way
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
