package io.lorahub.bench.soak;

import java.util.ArrayList;
import java.util.List;

/** A piece of work that a member has given the hub, and what has become of it. */
final class Work {

    /** Its order is that of the table. */
    enum Kind {
        UPLOAD("upload by the API"),
        XET("upload by Xet"),
        IMPORT("import"),
        RUN("run"),
        LIVE("live page of a run");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }
    }

    private final Kind kind;
    private final String name;
    private final long start = System.nanoTime();
    private final List<String> tries = new ArrayList<>();
    private String lost = "";
    private boolean twice;
    private double seconds;
    private boolean ended;
    private String result = "";

    /** @param name of what it makes: an adapter's address, or a run's title */
    Work(Kind kind, String name) {
        this.kind = kind;
        this.name = name;
    }

    Kind kind() {
        return kind;
    }

    String name() {
        return name;
    }

    /** The hub was asked again, because it didn't answer or was too busy. */
    synchronized void retry(String why) {
        tries.add(why);
    }

    /** @param what it has made: the SHA-256 of an adapter's weights, the weights of a run, the points that a page has seen */
    synchronized void done(String what) {
        result = what;
        end();
    }

    /** It ended otherwise than it should. */
    synchronized void lost(String why) {
        if (lost.isEmpty()) lost = why;
        end();
    }

    private void end() {
        if (!ended) seconds = (System.nanoTime() - start) / 1e9;
        ended = true;
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    /** It is there twice. */
    synchronized void twice() {
        twice = true;
    }

    synchronized boolean isTwice() {
        return twice;
    }

    /** Empty if it ended as it should. */
    synchronized String why() {
        return lost;
    }

    synchronized String result() {
        return result;
    }

    synchronized double seconds() {
        return seconds;
    }

    /** How often the hub was asked again. */
    synchronized int tries() {
        return tries.size();
    }

    /** Why it was asked again last. */
    synchronized String lastTry() {
        return tries.isEmpty() ? "" : tries.get(tries.size() - 1);
    }
}
