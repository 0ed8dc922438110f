package io.lorahub.storage.object;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Hashes a whole object as it is read. The last bytes are returned only if the content matches the hash; otherwise the
 * transfer stops before the end, and the receiver can tell that something is missing.
 */
public final class VerifyingInputStream extends FilterInputStream {

    private final String sha256;
    private final Consumer<Boolean> verdict;
    private final MessageDigest digest = DigestUtils.getSha256Digest();
    private long left;
    private boolean judged;

    /** @param verdict receives, once and at the end, whether the content is sound */
    public VerifyingInputStream(InputStream in, String sha256, long size, Consumer<Boolean> verdict) {
        super(in);
        this.sha256 = sha256;
        this.left = size;
        this.verdict = verdict;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int read = super.read(buffer, offset, length);
        if (read > 0) {
            digest.update(buffer, offset, read);
            left -= read;
        }
        if (left <= 0 || read < 0) judge();
        return read;
    }

    private void judge() {
        if (judged) return;
        judged = true;
        boolean sound = left == 0 && HexFormat.of().formatHex(digest.digest()).equals(sha256);
        verdict.accept(sound);
        if (!sound) throw new DamagedObjectException(ObjectKey.blob(sha256));
    }

    @Override
    public long skip(long count) throws IOException {
        throw new IOException("What is skipped is not verified.");
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
