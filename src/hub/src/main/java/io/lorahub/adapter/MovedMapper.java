package io.lorahub.adapter;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * Leads requests for a former name to the present one, with their method and body. The location has no host, because
 * Hugging Face clients follow only such ones when they ask for a file.
 */
public class MovedMapper {

    @ServerExceptionMapper
    public Response moved(MovedException moved, UriInfo uri) {
        String path = uri.getRequestUri().getRawPath();
        int name = path.indexOf("/" + moved.from()) + 1;
        String query = uri.getRequestUri().getRawQuery();
        String present = name == 0
                ? "/" + moved.to()
                : path.substring(0, name)
                        + moved.to()
                        + path.substring(name + moved.from().length());
        return Response.status(Response.Status.TEMPORARY_REDIRECT)
                .header(HttpHeaders.LOCATION, query == null ? present : present + "?" + query)
                .build();
    }
}
