package io.lorahub.huggingface;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;

/** Clients print an id of the request with each error: that of the client if it sends one. */
public class RequestIds {

    private static final String HEADER = "X-Request-Id";
    private static final String TRACE = "X-Amzn-Trace-Id";
    private static final Pattern OURS =
            Pattern.compile("/v1/.*|/api/(?!v1/).*|/.+/resolve/.*|/.+\\.git/.*", Pattern.DOTALL);
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._=;:-]{1,100}");

    @ServerResponseFilter
    public void add(ContainerRequestContext request, ContainerResponseContext answer) {
        if (!OURS.matcher(request.getUriInfo().getPath()).matches()) return;
        String sent = request.getHeaderString(HEADER);
        if (sent == null) sent = request.getHeaderString(TRACE);
        boolean usable = sent != null && ID.matcher(sent).matches();
        answer.getHeaders().putSingle(HEADER, usable ? sent : UUID.randomUUID().toString());
    }
}
