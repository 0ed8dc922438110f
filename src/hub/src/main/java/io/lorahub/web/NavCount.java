package io.lorahub.web;

/**
 * A number beside a link of the page frame, counted for the viewer of each page; 0 is not shown. The feature that knows
 * the number provides a bean that implements this, so the frame does not depend on features.
 */
public interface NavCount {

    /**
     * Name of the count. {@code waiting}: open cases, for moderators. {@code candidates}: size of the viewer's basket.
     * {@code unread}: new notices.
     */
    String name();

    /**
     * Must be fast, because every page waits for it, and have no transaction of its own: pages read outside of
     * transactions, which keeps a connection until the request ends, and a transaction would need another beside it.
     * Many requests at once would then wait for each other.
     */
    long count();
}
