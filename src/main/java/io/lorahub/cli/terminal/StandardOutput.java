package io.lorahub.cli.terminal;

import io.lorahub.engine.EngineException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintWriter;

/** Remembers what a PrintWriter keeps to itself: that the output went nowhere, as on a full disk. */
public final class StandardOutput extends FilterOutputStream {

    private IOException failure;

    public StandardOutput() {
        super(new FileOutputStream(FileDescriptor.out));
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            if (failure == null) failure = e;
            throw e;
        }
    }

    /** Whoever closes a pipe, such as head, has read enough; any other failure ends a command that was done with 3. */
    public int required(int code, PrintWriter err) {
        if (failure == null || code != ExitCode.OK || "Broken pipe".equals(failure.getMessage())) return code;
        err.println("lorahub: Standard output cannot be written: %s.".formatted(EngineException.reason(failure)));
        return ExitCode.INPUT;
    }
}
