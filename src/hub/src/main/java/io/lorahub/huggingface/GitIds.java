package io.lorahub.huggingface;

import io.lorahub.adapter.repository.TreeFile;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.upload.readme.Readme;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Files of commits with their Git ids, for which small files are read from the store. */
@ApplicationScoped
public class GitIds {

    private final Blobs blobs;

    GitIds(Blobs blobs) {
        this.blobs = blobs;
    }

    /** The metadata of a README.md; empty if it has none that can be read. */
    Map<String, Object> metadata(TreeFile readme) {
        if (readme.size() > TreeFile.LARGEST_REGULAR) return Map.of();
        try (InputStream content = blobs.open(readme.sha256(), 0, readme.size())) {
            return Readme.of(new String(content.readAllBytes(), StandardCharsets.UTF_8))
                    .metadata();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (UnusableObjectException e) {
            return Map.of();
        }
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
