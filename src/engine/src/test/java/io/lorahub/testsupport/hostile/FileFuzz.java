package io.lorahub.testsupport.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Passes thousands of damaged files to a reader, which must either read them or refuse them with its own exception. */
public final class FileFuzz {

    /** Maximum heap allocation for reading a file of some kilobytes, whatever the file claims. */
    private static final long MAX_BYTES_PER_FILE = 16L << 20;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Path file;
    private final Consumer<Path> reader;
    private final Class<? extends RuntimeException> refusal;
    private int refused;
    private int accepted;

    /** @param refusal the exception that the reader may throw; no other, not even a subclass */
    public FileFuzz(Path file, Consumer<Path> reader, Class<? extends RuntimeException> refusal) {
        this.file = file;
        this.reader = reader;
        this.refusal = refusal;
    }

    public FileFuzz run(int cases, byte[] original, int focus) {
        return run(cases, original, focus, UnaryOperator.identity());
    }

    /** @param wrap turns the damaged bytes into the file, such as a zip that contains them */
    public FileFuzz run(int cases, byte[] original, int focus, UnaryOperator<byte[]> wrap) {
        loadClasses(wrap.apply(original));
        for (int seed = 0; seed < cases; seed++) {
            read(seed, wrap.apply(new Mutations(seed).mutate(original, focus)));
        }
        return this;
    }

    /** The first file that is read in a JVM allocates what belongs to classes, not to the file. */
    private void loadClasses(byte[] undamaged) {
        try {
            write(undamaged);
            reader.accept(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            // what it needs beside this file isn't there
        }
    }

    private void read(int seed, byte[] bytes) {
        try {
            write(bytes);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            tryToRead(seed);
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
                    .as("bytes allocated for seed %d", seed)
                    .isLessThan(MAX_BYTES_PER_FILE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Over what is there: some file systems take a millisecond to make a new file, and longer to empty one. */
    private void write(byte[] bytes) throws IOException {
        try (var out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(bytes));
            out.truncate(bytes.length);
        }
    }

    private void tryToRead(int seed) {
        try {
            reader.accept(file);
            accepted++;
        } catch (RuntimeException | Error e) {
            if (!refusal.isInstance(e)) fail("seed %d".formatted(seed), e);
            assertThat(e.getMessage())
                    .as("seed %d", seed)
                    .contains(file.getFileName().toString())
                    .endsWith(".");
            refused++;
        }
    }

    /** A fuzz test in which all files are refused at once, or none, tests nothing. */
    public void assertBothHappened() {
        assertThat(refused).as("refused files").isPositive();
        assertThat(accepted).as("accepted files").isPositive();
    }
}
