package io.lorahub.testsupport.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** What fuzz tests ask of a reader: it reads bytes of any kind, or refuses them in its own words, and takes little memory. */
public final class ForeignBytes {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private ForeignBytes() {}

    /** What a test does with the bytes. */
    @FunctionalInterface
    public interface Reader {
        void read() throws Exception;
    }

    /**
     * Fails for every exception and error but the reader's own.
     *
     * @param megabytes that the reader can allocate in all
     * @param refusals  exceptions that the reader documents; their messages are shown to people
     */
    @SafeVarargs
    public static void read(int megabytes, Reader reader, Class<? extends RuntimeException>... refusals)
            throws Exception {
        long most = (long) megabytes << 20;
        // the first reading of a kind also loads classes
        if (allocated(reader, refusals) > most) {
            assertThat(allocated(reader, refusals)).as("bytes allocated").isLessThanOrEqualTo(most);
        }
    }

    private static long allocated(Reader reader, Class<? extends RuntimeException>[] refusals) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        try {
            reader.read();
        } catch (RuntimeException e) {
            if (Arrays.stream(refusals).noneMatch(refusal -> refusal.isInstance(e))) throw e;
            assertThat(e.getMessage()).isNotBlank();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** A text as JSON can have it: what isn't UTF-8 becomes unpaired surrogates. */
    public static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8).replace('\ufffd', '\ud800');
    }

    /** Writes a new file, because the last one of this name may still be mapped. */
    public static Path file(Path path, byte[] bytes) throws IOException {
        Files.deleteIfExists(path);
        return Files.write(path, bytes);
    }

    public static Stream<byte[]> seeds(String... texts) {
        return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }
}
