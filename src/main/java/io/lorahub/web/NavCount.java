package io.lorahub.web;

/**
 * A number beside a link of the frame, asked for the viewer of each page; 0 shows nothing. A bean of the feature that
 * knows it implements this, so that the frame need not know the features.
 */
public interface NavCount {

    /**
     * {@code waiting}: open cases, for moderators. {@code candidates}: the size of the viewer's basket. {@code unread}:
     * new notices.
     */
    String name();

    /** Has to be quick: every page waits for it. */
    long count();
}
