package io.lorahub.storage.object;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names of objects: words of {@code a-z 0-9 . _ -}, separated by slashes, none of them starting with a dot. Such a name
 * is valid both in a file system and in S3, and cannot leave its folder.
 */
public final class ObjectKey {

    /** Prefix of files that wait to be published. Old files there were left by a crash. */
    public static final String STAGING = "staging/";

    /** Prefix of files that are named by their content. */
    public static final String BLOBS = "blobs/";

    private static final String WORD = "[a-z0-9_-][a-z0-9._-]*+";
    private static final Pattern KEY = Pattern.compile(WORD + "(?:/" + WORD + ")*+");
    private static final Pattern PREFIX = Pattern.compile("(?:" + WORD + "/)*+(?:" + WORD + ")?+");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** A length that every store supports: file systems allow 255 bytes per word, S3 1,024 bytes per key. */
    private static final int MAX_LENGTH = 200;

    private ObjectKey() {}

    /** Uses two levels of folders, so that no folder has more than a few hundred entries. */
    public static String blob(String sha256) {
        if (!SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    "%s is not a SHA-256 in 64 lower-case hexadecimal digits.".formatted(quoted(sha256)));
        }
        return BLOBS + sha256.substring(0, 2) + "/" + sha256.substring(2, 4) + "/" + sha256;
    }

    /** The hash that a blob's key ends with. */
    public static String sha256(String blob) {
        return blob.substring(blob.lastIndexOf('/') + 1);
    }

    /** Whether the key is the one that {@link #blob} returns for the hash at its end. */
    public static boolean isBlob(String key) {
        String sha256 = sha256(key);
        return SHA256.matcher(sha256).matches() && key.equals(blob(sha256));
    }

    public static String newStaging() {
        return STAGING + UUID.randomUUID();
    }

    public static boolean isKey(String name) {
        return fits(KEY, name);
    }

    public static String require(String key) {
        return require(KEY, key, "an object");
    }

    public static String requirePrefix(String prefix) {
        return require(PREFIX, prefix, "objects");
    }

    private static String require(Pattern pattern, String name, String what) {
        if (!fits(pattern, name)) {
            throw new IllegalArgumentException(
                    "%s cannot name %s; use at most %d of a-z, 0-9, '.', '_', '-' and '/', and no word that starts with a dot."
                            .formatted(quoted(name), what, MAX_LENGTH));
        }
        return name;
    }

    private static boolean fits(Pattern pattern, String name) {
        return name.length() <= MAX_LENGTH && pattern.matcher(name).matches();
    }

    /** Quotes a key for messages: shortened, and without characters that could deceive a terminal or a log. */
    private static String quoted(String text) {
        String clipped = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
        return '"' + clipped.replaceAll("[\\p{Cc}\\p{Cf}]", "?") + '"';
    }
}
