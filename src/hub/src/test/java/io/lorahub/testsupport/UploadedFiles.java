package io.lorahub.testsupport;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.storage.Blobs;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** What is stored of uploads. */
@ApplicationScoped
public class UploadedFiles {

    private final Blobs blobs;

    UploadedFiles(Blobs blobs) {
        this.blobs = blobs;
    }

    /** @param upload as the API shows it */
    public byte[] content(JsonNode upload, String name) {
        for (JsonNode file : upload.path("files")) {
            if (!file.path("name").asText().equals(name)) continue;
            try (InputStream in = blobs.open(file.path("sha256").asText(), 0, Long.MAX_VALUE)) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new AssertionError("no file " + name + " in " + upload);
    }
}
