package io.lorahub.huggingface.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/** Opens its content at the first read. */
final class LazyInputStream extends InputStream {

    private final Supplier<InputStream> content;
    private InputStream opened;

    LazyInputStream(Supplier<InputStream> content) {
        this.content = content;
    }

    private InputStream opened() {
        if (opened == null) opened = content.get();
        return opened;
    }

    @Override
    public int read() throws IOException {
        return opened().read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return opened().read(target, offset, length);
    }

    @Override
    public void close() throws IOException {
        if (opened != null) opened.close();
    }
}
