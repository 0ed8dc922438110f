package io.lorahub.upload.transfer;

import io.lorahub.account.Person;
import io.lorahub.account.Viewer;
import io.lorahub.upload.UploadConfig;
import io.lorahub.upload.UploadLimits;
import io.lorahub.upload.Uploads;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Uuids;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.UriInfo;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Checks whether a form with files is acceptable before its files are read, because the framework writes them all to
 * disk before it calls the page. Forms count until their requests end, so that many forms at once cannot take more than
 * a single one.
 */
public class FormUploadFilter {

    /** Bytes being received, by the member's id. */
    private static final Map<Long, Long> ON_ITS_WAY = new ConcurrentHashMap<>();

    private final Viewer viewer;
    private final Uploads uploads;
    private final UploadLimits limits;
    private final UploadConfig config;
    private final CurrentVertxRequest current;

    public FormUploadFilter(
            Viewer viewer, Uploads uploads, UploadLimits limits, UploadConfig config, CurrentVertxRequest current) {
        this.viewer = viewer;
        this.uploads = uploads;
        this.limits = limits;
        this.config = config;
        this.current = current;
    }

    @FileForm
    @ServerRequestFilter
    public void check(UriInfo uri) {
        Person person = viewer.require();
        String upload = uri.getPathParameters().getFirst("id");
        if (upload != null) {
            uploads.requireReplaceable(Uuids.parse(upload).orElseThrow(() -> ProblemException.notFound("upload")));
        }
        long length = length(current.getCurrent());
        long others = ON_ITS_WAY.merge(person.id, length, Long::sum) - length;
        current.getCurrent()
                .addEndHandler(ended -> ON_ITS_WAY.computeIfPresent(
                        person.id, (id, bytes) -> bytes - length == 0 ? null : bytes - length));
        QuarkusTransaction.requiringNew().run(() -> limits.checkForm(person, others, length));
    }

    /** Content length of the request; the size of the largest permitted form if unknown. */
    private long length(RoutingContext context) {
        String length = context.request().getHeader(HttpHeaders.CONTENT_LENGTH);
        return length == null ? config.adapterSize().asLongValue() : Long.parseLong(length.strip());
    }
}
