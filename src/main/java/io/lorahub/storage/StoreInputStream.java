package io.lorahub.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import org.apache.commons.io.input.ProxyInputStream;

/**
 * An object as it is read. What breaks then is the store's failure, not that of the file or the client that the bytes go
 * to: it is a {@link StorageException} like all others.
 */
final class StoreInputStream extends ProxyInputStream {

    private final Function<IOException, StorageException> failure;

    StoreInputStream(InputStream in, Function<IOException, StorageException> failure) {
        super(in);
        this.failure = failure;
    }

    @Override
    protected void handleIOException(IOException e) {
        throw failure.apply(e);
    }

    /** What was read is whole, whatever happens at the end. */
    @Override
    public void close() throws IOException {
        in.close();
    }
}
