package io.lorahub.adapter;

import io.lorahub.account.Viewer;
import io.lorahub.web.LocalPath;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestQuery;

/** The page of an adapter. */
@Path("/{publisher}/{name}")
@Produces(MediaType.TEXT_HTML)
public class AdapterPage {

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(AdapterPageModel sheet);
    }

    private final AdapterPageModels sheets;
    private final Adapters adapters;
    private final Likes likes;
    private final Viewer viewer;
    private final Optional<URI> publicUrl;

    AdapterPage(
            AdapterPageModels sheets,
            Adapters adapters,
            Likes likes,
            Viewer viewer,
            @ConfigProperty(name = "lorahub.public-url") Optional<URI> publicUrl) {
        this.sheets = sheets;
        this.adapters = adapters;
        this.likes = likes;
        this.viewer = viewer;
        this.publicUrl = publicUrl;
    }

    @GET
    @Operation(hidden = true)
    public Response show(
            String publisher,
            String name,
            @RestQuery Optional<String> version,
            @RestQuery Optional<String> compare,
            @Context UriInfo uri) {
        String origin = publicUrl.orElse(uri.getBaseUri()).toString().replaceAll("/+$", "");
        AdapterPageModel sheet = sheets.sheet(publisher, name, filled(version), filled(compare), origin);
        String address = sheet.adapter().address();
        return address.equals(publisher + "/" + name)
                ? Response.ok(Templates.show(sheet)).build()
                : moved("/" + address, uri.getRequestUri().getRawQuery());
    }

    /** Names are written small: what is written otherwise leads to the one address that there is. */
    private static Response moved(String path, String query) {
        return Response.status(Response.Status.MOVED_PERMANENTLY)
                .location(URI.create(query == null ? path : path + "?" + query))
                .build();
    }

    /** @param like whether the viewer likes it from now on; the button of the page sends the opposite of what is */
    @POST
    @Path("/like")
    @Operation(hidden = true)
    public Response like(String publisher, String name, @FormParam("like") boolean like) {
        Adapter adapter = adapters.visible(publisher, name);
        Long person = viewer.require().id;
        if (like) {
            likes.like(person, adapter);
        } else {
            likes.unlike(person, adapter);
        }
        return Response.seeOther(new LocalPath("/" + adapter.address()).uri()).build();
    }

    private static Optional<String> filled(Optional<String> parameter) {
        return parameter.filter(text -> !text.isEmpty());
    }
}
