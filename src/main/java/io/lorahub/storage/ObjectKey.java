package io.lorahub.storage;

import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Names of objects: words of {@code a-z 0-9 . _ -}, none starting with a dot, with slashes between them. Such a name is
 * the same in a file system and in S3, and cannot leave its folder.
 */
public final class ObjectKey {

    /** Where files wait to be published; whatever is old there is left from a crash. */
    public static final String STAGING = "staging/";

    /** Where files are that are named by their content. */
    public static final String BLOBS = "blobs/";

    private static final String WORD = "[a-z0-9_-][a-z0-9._-]*+";
    private static final Pattern KEY = Pattern.compile(WORD + "(?:/" + WORD + ")*+");
    private static final Pattern PREFIX = Pattern.compile("(?:" + WORD + "/)*+(?:" + WORD + ")?+");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    /** What every store can hold: file systems end at 255 bytes for a word, S3 at 1,024 for a key. */
    private static final int MAX_LENGTH = 200;

    private ObjectKey() {}

    /** Two levels of folders, so that none has more than some hundred entries. */
    public static String blob(String sha256) {
        if (!SHA256.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    "%s is not a SHA-256 in 64 lower-case hexadecimal digits.".formatted(quoted(sha256)));
        }
        return BLOBS + sha256.substring(0, 2) + "/" + sha256.substring(2, 4) + "/" + sha256;
    }

    /** Whether it is what {@link #blob} makes of the hash at its end. */
    static boolean isBlob(String key) {
        String sha256 = key.substring(key.lastIndexOf('/') + 1);
        return SHA256.matcher(sha256).matches() && key.equals(blob(sha256));
    }

    static String newStaging() {
        return STAGING + UUID.randomUUID();
    }

    static boolean isKey(String name) {
        return fits(KEY, name);
    }

    static String require(String key) {
        return require(KEY, key, "an object");
    }

    static String requirePrefix(String prefix) {
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

    /** As it may stand in a message: short, and without what could fool a terminal or a log. */
    private static String quoted(String text) {
        String clipped = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
        return '"' + clipped.replaceAll("[\\p{Cc}\\p{Cf}]", "?") + '"';
    }
}
