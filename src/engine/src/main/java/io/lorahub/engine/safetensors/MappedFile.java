package io.lorahub.engine.safetensors;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Read-only views of a file's bytes without copying them. A file up to 2 GiB is mapped once and sliced, because the
 * operating system allows a process only some 65,000 mappings and a hub of adapters has more tensors than that. In a
 * larger file, each slice has its own mapping.
 *
 * <p>Views stay valid after {@link #close()}: the garbage collector unmaps them. The next {@link #slice} detects a file
 * that has shrunk, but existing views do not: touching their lost pages is an {@link InternalError} in Java and ends
 * the process in native code. So replace a file that may be in use by renaming a new one over it, never in place.
 */
public final class MappedFile implements Closeable {

    private final RandomAccessFile file;
    private final long size;
    private MappedByteBuffer whole;

    private MappedFile(RandomAccessFile file) throws IOException {
        this.file = file;
        size = file.length();
    }

    public static MappedFile open(Path path) throws IOException {
        if (!Files.exists(path)) throw new FileNotFoundException("there is no such file");
        // A pipe would block, and a folder has no bytes.
        if (!Files.isRegularFile(path)) throw new IOException("it is not a regular file");
        RandomAccessFile file;
        try {
            file = new RandomAccessFile(path.toFile(), "r");
        } catch (FileNotFoundException e) {
            throw new IOException("this user isn't allowed to read it", e);
        }
        try {
            return new MappedFile(file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    /** Size of the file in bytes when it was opened. */
    public long size() {
        return size;
    }

    /**
     * @param alignment alignment of the first byte in memory, a power of two up to 8; if the position in the file does
     *                  not satisfy it, the bytes are copied
     * @return little-endian
     */
    public synchronized ByteBuffer slice(long begin, int length, int alignment) throws IOException {
        if (begin < 0 || length < 0 || begin > size - length) throw new IOException("its end is missing");
        if (file.length() < begin + length) throw new IOException("it was shortened while in use");
        ByteBuffer slice = length == 0 ? ByteBuffer.allocateDirect(0) : map(begin, length);
        if (begin % alignment != 0) {
            slice = ByteBuffer.allocateDirect(length).put(slice).flip().asReadOnlyBuffer();
        }
        return slice.order(ByteOrder.LITTLE_ENDIAN);
    }

    private ByteBuffer map(long begin, int length) throws IOException {
        if (size > Integer.MAX_VALUE) return file.getChannel().map(MapMode.READ_ONLY, begin, length);
        if (whole == null) whole = file.getChannel().map(MapMode.READ_ONLY, 0, size);
        return whole.slice((int) begin, length);
    }

    /** Releases the memory of pages that were read; accessing a view again reads the file again. */
    public synchronized void release() {
        if (whole != null) Pages.release(whole);
    }

    /** Also releases the memory; the mapping itself stays until its last view is collected. */
    @Override
    public synchronized void close() throws IOException {
        release();
        whole = null;
        file.close();
    }

    /** The memory that a mapped file uses in this process. */
    private static final class Pages {

        /** POSIX: the pages are not expected to be needed. Pages of a mapped file are read again on access. */
        private static final int MADV_DONTNEED = 4;

        private static final boolean KNOWN = isKnown();

        private Pages() {}

        private static native int madvise(Pointer address, long length, int advice);

        private static boolean isKnown() {
            if (!System.getProperty("os.name").equals("Linux")) return false;
            try {
                Native.register(Pages.class, "c");
                return true;
            } catch (LinkageError e) {
                return false; // the pages stay until the system needs the memory
            }
        }

        /**
         * Releases the pages; a view of them reads the file again. Does nothing if the system does not support this.
         */
        static void release(ByteBuffer mapped) {
            if (KNOWN) madvise(Native.getDirectBufferPointer(mapped), mapped.capacity(), MADV_DONTNEED);
        }
    }
}
