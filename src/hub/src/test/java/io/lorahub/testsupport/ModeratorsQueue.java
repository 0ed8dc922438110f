package io.lorahub.testsupport;

import java.util.stream.IntStream;

/** The moderators' queue, in which the cases of other tests can come first. */
public final class ModeratorsQueue {

    private ModeratorsQueue() {}

    /** @return its page with this text */
    public static String pageWith(String session, String text) {
        return IntStream.rangeClosed(1, 100)
                .mapToObj(page -> AsBrowser.given(session)
                        .queryParam("page", page)
                        .get("/moderation")
                        .asString())
                .filter(page -> page.contains(text))
                .findFirst()
                .orElseThrow();
    }
}
