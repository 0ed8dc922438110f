package io.lorahub.account;

import static io.restassured.RestAssured.given;

import io.lorahub.web.SessionCookie;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/** A minimal browser: it sends forms with a session's cookie and does not follow redirects. */
public final class Forms {

    private Forms() {}

    /** @param session null for a visitor who is not signed in */
    public static RequestSpecification as(String session) {
        RequestSpecification request = given().redirects().follow(false).header("Sec-Fetch-Site", "same-origin");
        return session == null ? request : request.cookie(SessionCookie.NAME, session);
    }

    /** @param fields names and values in turn */
    public static Response post(String session, String path, String... fields) {
        RequestSpecification request = as(session).contentType("application/x-www-form-urlencoded; charset=UTF-8");
        for (int i = 0; i < fields.length; i += 2) request.formParam(fields[i], fields[i + 1]);
        return request.post(path);
    }

    public static Response signIn(String name, String password) {
        return post(null, "/signin", "name", name, "password", password, "next", "/");
    }

    public static Document page(Response answer) {
        return Jsoup.parse(answer.asString());
    }

    /** Whether a session's cookie still signs in: anonymous is led away from the settings. */
    public static boolean isSignedIn(String session) {
        return as(session).get("/settings").statusCode() == 200;
    }

    public static String errorOf(Response answer, String field) {
        return page(answer).select("#f-" + field + "-error").text();
    }
}
