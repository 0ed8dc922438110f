package io.lorahub.web;

/** Where programs are answered in JSON, and people in HTML elsewhere. */
public final class ApiPath {

    private static final String API = "/api";

    private ApiPath() {}

    /** /api itself is a page for people. */
    public static boolean covers(String path) {
        return path.startsWith(API + "/");
    }
}
