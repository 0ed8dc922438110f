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
     * Must be fast, because every page waits for it, and count in a transaction: a query outside of one keeps its
     * connection until the request ends, so that each request needs two at a time.
     */
    long count();
}
