package io.lorahub.cli.terminal;

import io.lorahub.engine.error.EngineException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.PrintWriter;

/** Remembers a failed write, for instance on a full disk, which a PrintWriter hides. */
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

    /** A closed pipe, as with head, isn't a failure; any other failed write turns success into exit code 3. */
    public int required(int code, PrintWriter err) {
        if (failure == null || code != ExitCode.OK || "Broken pipe".equals(failure.getMessage())) return code;
        err.println("lorahub: Standard output cannot be written: %s.".formatted(EngineException.reason(failure)));
        return ExitCode.INPUT;
    }
}
