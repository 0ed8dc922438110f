package io.lorahub.huggingface.writing;

import io.lorahub.web.ProblemException;

/** Bounds the time in which the paths of one request are compared with the rules of a file. */
final class MatchingWork {

    /** Characters of a path times characters of a rule; some seconds at most. */
    private static final long MOST = 1_000_000_000;

    private long left = MOST;

    /** @throws ProblemException if that was enough */
    void take(String glob, String path) {
        left -= (long) glob.length() * path.length();
        if (left < 0) {
            throw ProblemException.tooLarge(
                    "The rules of .gitignore or .gitattributes are too long for so many paths. Send fewer files at a time.");
        }
    }
}
