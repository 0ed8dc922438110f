package io.lorahub.composition.result;

import io.lorahub.composition.CompositionRun;
import io.lorahub.storage.Blobs;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads the files of results. */
@ApplicationScoped
class ResultFiles {

    /** Longer recipes can be downloaded but are not shown. */
    private static final int LONGEST_RECIPE = 100_000;

    static final String WEIGHTS = "adapter_model.safetensors";

    private final Blobs blobs;

    ResultFiles(Blobs blobs) {
        this.blobs = blobs;
    }

    /** Size in bytes; 0 if there is no such file. */
    long size(CompositionRun run, String file) {
        String sha256 = run.files.get(file);
        return sha256 == null ? 0 : blobs.size(sha256);
    }

    /**
     * Sizes in bytes of the parts of the merged adapter that do not depend on its rank.
     *
     * @param header header of the weights: names and shapes of the tensors
     * @param beside files besides the weights
     */
    public record Fixed(long header, long beside) {}

    Fixed fixed(CompositionRun run) {
        long beside = run.files.keySet().stream()
                .filter(file -> !file.equals(WEIGHTS))
                .mapToLong(file -> size(run, file))
                .sum();
        return new Fixed(header(run.files.get(WEIGHTS)), beside);
    }

    /** Size of the header. A safetensors file begins with its header's length in eight bytes, little-endian. */
    private long header(String sha256) {
        if (sha256 == null) return 0;
        try (InputStream in = blobs.open(sha256, 0, Long.BYTES)) {
            byte[] length = in.readNBytes(Long.BYTES);
            return Long.BYTES
                    + ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The recipe as JSON; empty if there is none, or if it is too long to be shown. */
    String recipe(CompositionRun run) {
        long size = size(run, "recipe.json");
        if (size == 0 || size > LONGEST_RECIPE) return "";
        try (InputStream in = blobs.open(run.files.get("recipe.json"), 0, size)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
