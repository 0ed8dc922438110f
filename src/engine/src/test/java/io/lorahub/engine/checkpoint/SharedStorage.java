package io.lorahub.engine.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** A checkpoint whose tensors share their numbers: a small file that would be large if each tensor had its own. */
public final class SharedStorage {

    private SharedStorage() {}

    public static void write(Path path, int tensors, int floats) throws IOException {
        PickleBytes pickle = PickleBytes.protocol2().raw('}', '(');
        for (int i = 0; i < tensors; i++) pickle.text("tensor." + i).tensor("FloatStorage", "0", floats);
        Zips.torch(pickle.end()).floats("0", new float[floats]).write(path);
    }
}
