package io.lorahub.web;

/** Tells the paths that answer in JSON for programs from those that answer in HTML for people. */
public final class ApiPath {

    private static final String API = "/api";

    private ApiPath() {}

    /** Excludes /api itself, which is a page for people. */
    public static boolean covers(String path) {
        return path.startsWith(API + "/");
    }
}
