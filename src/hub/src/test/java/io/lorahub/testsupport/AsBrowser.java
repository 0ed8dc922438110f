package io.lorahub.testsupport;

import io.lorahub.web.SessionCookie;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;

/** Requests as a browser sends them from a page of ours, without following redirections. */
public final class AsBrowser {

    private AsBrowser() {}

    /** Of an anonymous visitor. */
    public static RequestSpecification given() {
        return RestAssured.given()
                .redirects()
                .follow(false)
                .header("Sec-Fetch-Site", "same-origin")
                .header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    }

    /** @param session what {@link Hub#session} gave */
    public static RequestSpecification given(String session) {
        return given().cookie(SessionCookie.NAME, session);
    }
}
