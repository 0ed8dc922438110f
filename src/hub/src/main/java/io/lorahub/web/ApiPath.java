package io.lorahub.web;

import java.util.regex.Pattern;

/** Tells the paths that answer in JSON for programs from those that answer in HTML for people. */
public final class ApiPath {

    private static final String API = "/api";

    private static final String OWN = API + "/v1/";

    private static final String OPEN_AI = "/v1";

    /** Files and the Git LFS interface of a repository; also of the kinds that the hub doesn't have. */
    private static final Pattern REPOSITORY =
            Pattern.compile("(?:/(?:datasets|spaces|kernels))?/[^/]+(?:/[^/]+)?(?:/resolve/.+|\\.git/.+)");

    private ApiPath() {}

    /** Excludes /api itself, which is a page for people. */
    public static boolean covers(String path) {
        return path.startsWith(API + "/")
                || isOfOpenAi(path)
                || REPOSITORY.matcher(path).matches();
    }

    /** Whether clients of the Hugging Face Hub use the path; they read errors in a form of their own. */
    public static boolean isOfModelHub(String path) {
        return covers(path) && !path.startsWith(OWN) && !isOfOpenAi(path);
    }

    /** Whether clients of OpenAI's API use the path; they read errors in a form of their own, too. */
    public static boolean isOfOpenAi(String path) {
        return path.startsWith(OPEN_AI + "/") || path.equals(OPEN_AI);
    }
}
