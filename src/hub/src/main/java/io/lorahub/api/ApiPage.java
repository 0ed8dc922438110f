package io.lorahub.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.quarkus.smallrye.openapi.runtime.OpenApiConstants;
import io.quarkus.smallrye.openapi.runtime.OpenApiDocumentService;
import io.smallrye.openapi.runtime.io.Format;
import jakarta.inject.Singleton;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The API for programmers: the OpenAPI document as a page. */
@Path("/api")
@Produces(MediaType.TEXT_HTML)
@Singleton
public class ApiPage {

    private final OpenApiDocumentService documents;
    private final ObjectMapper json;
    private final Optional<URI> publicUrl;
    private volatile ApiReference reference;

    ApiPage(
            OpenApiDocumentService documents,
            ObjectMapper json,
            @ConfigProperty(name = "lorahub.public-url") Optional<URI> publicUrl) {
        this.documents = documents;
        this.json = json;
        this.publicUrl = publicUrl;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(ApiReference api, String origin);

        private Templates() {}
    }

    @GET
    @Operation(hidden = true)
    public TemplateInstance show(@Context UriInfo uri) throws IOException {
        String origin = publicUrl.orElse(uri.getBaseUri()).toString().replaceAll("/+$", "");
        return Templates.show(reference(), origin);
    }

    /** The document is made at build time, so it stays the same for the life of the process. */
    private ApiReference reference() throws IOException {
        if (reference == null) {
            byte[] document = documents.getDocument(OpenApiConstants.DEFAULT_DOCUMENT_NAME, Format.JSON);
            reference = new ApiReader(json.readTree(document)).read();
        }
        return reference;
    }
}
