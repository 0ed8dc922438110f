package io.lorahub.account;

import java.util.Set;

/**
 * Names that are not available: addresses of this site begin with them, or their holder could be mistaken for the
 * operator.
 */
public final class ReservedNames {

    private static final Set<String> ADDRESSES = Set.of(
            "adapters",
            "admin",
            "api",
            "assets",
            "base-models",
            "candidates",
            "collections",
            "compose",
            "compositions",
            "datasets",
            "docs",
            "download",
            "downloads",
            "explore",
            "favicon",
            "feed",
            "files",
            "first-admin",
            "first-run",
            "healthz",
            "help",
            "home",
            "hub",
            "imports",
            "inbox",
            "index",
            "likes",
            "login",
            "logout",
            "metrics",
            "moderation",
            "models",
            "new",
            "notices",
            "oauth",
            "openapi",
            "organisations",
            "preview",
            "publishers",
            "q",
            "register",
            "reports",
            "reset-password",
            "resolve",
            "robots",
            "run",
            "runs",
            "search",
            "sessions",
            "settings",
            "signin",
            "signout",
            "signup",
            "sitemap",
            "static",
            "status",
            "tags",
            "tasks",
            "test",
            "theme",
            "tokens",
            "trending",
            "try",
            "upload",
            "uploads",
            "users",
            "v1",
            "v2",
            "webjars",
            "well-known",
            "workers");

    private static final Set<String> OFFICIAL = Set.of(
            "about",
            "abuse",
            "account",
            "accounts",
            "administrator",
            "anonymous",
            "blog",
            "contact",
            "demo",
            "everyone",
            "health",
            "legal",
            "lorahub",
            "me",
            "member",
            "members",
            "moderator",
            "moderators",
            "news",
            "nobody",
            "null",
            "official",
            "owner",
            "postmaster",
            "privacy",
            "public",
            "root",
            "security",
            "staff",
            "support",
            "system",
            "team",
            "terms",
            "undefined",
            "unknown",
            "webmaster",
            "www",
            "you");

    private ReservedNames() {}

    /** @param name name in lower case */
    public static boolean contains(String name) {
        return isAddress(name) || OFFICIAL.contains(name);
    }

    /** Whether addresses of this site's own pages begin with it. */
    public static boolean isAddress(String name) {
        return ADDRESSES.contains(name);
    }
}
