package io.lorahub.download;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.Viewer;
import io.lorahub.download.content.ByteRange;
import io.lorahub.download.content.Content;
import io.lorahub.download.content.ContentRegion;
import io.lorahub.download.content.UnsatisfiableRangeException;
import io.lorahub.storage.Blobs;
import io.lorahub.web.CachePolicy;
import io.lorahub.web.EntityTags;
import io.lorahub.web.ProblemException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.EntityTag;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Request;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** Answers download requests according to RFC 9110, with conditions (section 13) and ranges (section 14). */
@ApplicationScoped
public class DownloadResponses {

    /** IMF-fixdate: "Sun, 06 Nov 1994 08:49:37 GMT". */
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH);

    private final Blobs blobs;
    private final DownloadCounter counter;
    private final FirstDownloads firsts;
    private final Viewer viewer;
    private final BrowserContext visitor;
    private final Request conditions;
    private final CurrentVertxRequest current;

    DownloadResponses(
            Blobs blobs,
            DownloadCounter counter,
            FirstDownloads firsts,
            Viewer viewer,
            BrowserContext visitor,
            Request conditions,
            CurrentVertxRequest current) {
        this.blobs = blobs;
        this.counter = counter;
        this.firsts = firsts;
        this.viewer = viewer;
        this.visitor = visitor;
        this.conditions = conditions;
        this.current = current;
    }

    /** The answer to the current request. */
    public Response of(Download download) {
        HttpServerRequest request = current.getCurrent().request();
        Date modified = Date.from(download.modified().truncatedTo(ChronoUnit.SECONDS));
        EntityTag tag = new EntityTag(download.tag());
        Response.ResponseBuilder done = precondition(modified, tag, request);
        if (done == null) {
            // once the head is sent, the only way to report an error is to break the connection
            blobs.requireUsable(download.stored());
            done = request.method() == HttpMethod.HEAD ? head(download) : content(download, request);
        }
        return done.tag(tag)
                .lastModified(modified)
                .header(
                        HttpHeaders.CACHE_CONTROL,
                        (download.access().everybody() ? CachePolicy.PUBLIC : CachePolicy.PRIVATE).value())
                .header("Accept-Ranges", "bytes")
                .build();
    }

    /**
     * The response to send instead, according to the conditions; null if they are met. The framework's own comparison
     * of ETags is always a strong one.
     */
    private Response.ResponseBuilder precondition(Date modified, EntityTag tag, HttpServerRequest request) {
        boolean another = EntityTags.in(request, HttpHeaders.IF_MATCH)
                .filter(tags -> !tags.stronglyMatch(tag.getValue()::equals))
                .isPresent();
        if (another) return Response.status(Status.PRECONDITION_FAILED);
        Response.ResponseBuilder byDate = conditions.evaluatePreconditions(modified);
        return byDate == null && EntityTags.isKnown(request, tag) ? Response.notModified(tag) : byDate;
    }

    private Response.ResponseBuilder head(Download download) {
        return describe(Response.ok(), download)
                .header(HttpHeaders.CONTENT_LENGTH, download.size())
                .type(type(download));
    }

    /** A type that no browser displays, because the files come from members. */
    private static String type(Download download) {
        return download.fileName().endsWith(".zip") ? "application/zip" : MediaType.APPLICATION_OCTET_STREAM;
    }

    private Response.ResponseBuilder content(Download download, HttpServerRequest request) {
        Content whole = new Content(download.pieces(), download.access().right());
        long size = download.size();
        try {
            Optional<ByteRange> part = ByteRange.parse(range(download, request), size);
            ByteRange sent = part.orElse(ByteRange.whole(size));
            Content content = part.map(whole::slice).orElse(whole);
            content.pieces().forEach(this::verifyPart);
            if (sent.offset() == 0) download.access().adapter().ifPresent(this::count);
            Response.ResponseBuilder response = describe(
                    Response.status(part.isPresent() ? Status.PARTIAL_CONTENT : Status.OK)
                            .entity(content)
                            .type(type(download)),
                    download);
            return part.isPresent() ? response.header("Content-Range", sent.of(size)) : response;
        } catch (UnsatisfiableRangeException e) {
            throw ProblemException.noSuchRange(e.getMessage(), e.size());
        }
    }

    /** Whole files are verified while they are sent. */
    private void verifyPart(ContentRegion piece) {
        if (piece instanceof ContentRegion.Stored stored && !stored.isWhole()) {
            blobs.verifyForPart(stored.sha256(), stored.size());
        }
    }

    /** Counts once a day for each member or address, so that a loop of requests does not make an adapter popular. */
    private void count(long adapter) {
        String who = viewer.id().map(id -> "member " + id).orElseGet(visitor::address);
        if (firsts.isFirst(adapter, who)) counter.count(adapter);
    }

    private static Response.ResponseBuilder describe(Response.ResponseBuilder response, Download download) {
        response.header(HttpHeaders.CONTENT_DISPOSITION, disposition(download.fileName()));
        download.sha256().ifPresent(hash -> response.header("Repr-Digest", digest(hash)));
        return response;
    }

    /**
     * The requested range; null if there is none, or if it applies only to an earlier state of the file (RFC 9110,
     * section 13.1.5).
     */
    private static String range(Download download, HttpServerRequest request) {
        String unless = request.getHeader("If-Range");
        boolean same = unless == null
                || unless.equals("\"" + download.tag() + "\"")
                || unless.equals(HTTP_DATE.format(download.modified().atOffset(ZoneOffset.UTC)));
        return same ? request.getHeader("Range") : null;
    }

    /** The value of Repr-Digest (RFC 9530). */
    private static String digest(String sha256) {
        return "sha-256=:" + Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256)) + ":";
    }

    /**
     * The value of Content-Disposition (RFC 6266); the plain name is for clients that do not support the encoded one.
     */
    private static String disposition(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9._-]", "_");
        String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
        String header = "attachment; filename=\"" + plain + "\"";
        return plain.equals(name) ? header : header + "; filename*=UTF-8''" + encoded.replace("*", "%2A");
    }
}
