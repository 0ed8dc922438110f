package io.lorahub.web;

import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.time.Duration;

/** Keeps the chosen theme in a cookie, so that the server renders the page in it from the first byte. */
@Path("/theme")
public class ThemeResource {

    private static final Duration KEPT = Duration.ofDays(365);

    @POST
    public Response choose(@FormParam("theme") String theme, @FormParam("back") String back) {
        return Response.seeOther(LocalPath.orStart(back).uri())
                .cookie(Theme.COOKIE.of(Theme.of(theme).value(), KEPT, false))
                .build();
    }
}
