package io.lorahub.web;

import jakarta.ws.rs.core.CacheControl;
import java.time.Duration;
import java.util.List;

/** Who can store a response, and whether to ask before each use if it has changed: Cache-Control (RFC 9111). */
public enum CachePolicy {
    /** Contains a secret, or is out of date at once. */
    NO_STORE("no-store"),

    /** Stored by the viewer's own browser, which asks before each use. */
    PRIVATE("private, no-cache"),

    /** Stored by anyone, who asks before each use. */
    PUBLIC("public, no-cache");

    private static final List<String> NOT_SHARED = List.of("private", "no-store", "no-cache");

    private final String value;

    CachePolicy(String value) {
        this.value = value;
    }

    /** The value of Cache-Control. */
    public String value() {
        return value;
    }

    public CacheControl control() {
        return CacheControl.valueOf(value);
    }

    /** Can be used for this long without asking. */
    public static CacheControl fresh(Duration time, boolean everybody) {
        CacheControl control = new CacheControl();
        control.setMaxAge((int) time.toSeconds());
        control.setPrivate(!everybody);
        return control;
    }

    /** Whether a shared cache can use a response for others without asking. */
    public static boolean isShared(String cacheControl) {
        return cacheControl != null && NOT_SHARED.stream().noneMatch(cacheControl::contains);
    }
}
