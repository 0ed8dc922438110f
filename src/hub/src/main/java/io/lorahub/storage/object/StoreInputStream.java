package io.lorahub.storage.object;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import org.apache.commons.io.input.ProxyInputStream;

/**
 * Reads an object. Read failures are attributed to the store, not to the file or client that receives the bytes: they
 * are {@link StorageException}s like all others.
 */
public final class StoreInputStream extends ProxyInputStream {

    private final Function<IOException, StorageException> failure;

    public StoreInputStream(InputStream in, Function<IOException, StorageException> failure) {
        super(in);
        this.failure = failure;
    }

    @Override
    protected void handleIOException(IOException e) {
        throw failure.apply(e);
    }

    /** A failure on closing remains an IOException, because the bytes that were read are complete. */
    @Override
    public void close() throws IOException {
        in.close();
    }
}
