package io.lorahub.engine.lora.merge;

import io.lorahub.engine.checkpoint.TemporaryFolder;
import io.lorahub.engine.lora.LoraAdapter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Modules that are computed once, one after the other, and then read from a temporary file. A merged adapter can be
 * larger than Java's heap.
 */
public final class SpooledModules implements AutoCloseable {

    private final TemporaryFolder folder;
    private final LoraAdapter adapter;

    private SpooledModules(TemporaryFolder folder, LoraAdapter adapter) {
        this.folder = folder;
        this.adapter = adapter;
    }

    /** @param parent existing folder on a disk with room for the modules */
    public static SpooledModules of(LoraModules modules, Path parent) throws IOException {
        TemporaryFolder folder = TemporaryFolder.createIn(parent, ".modules-");
        try {
            Path file = folder.path().resolve("merged");
            AdapterWriter.write(file, "merged", modules, Map.of(), AdapterWriter.Options.standard());
            return new SpooledModules(folder, LoraAdapter.load("merged", file));
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    /** All of one rank, with scale 1. */
    public LoraModules modules() {
        return LoraModules.of(adapter.modules());
    }

    @Override
    public void close() {
        adapter.close();
        folder.close();
    }
}
