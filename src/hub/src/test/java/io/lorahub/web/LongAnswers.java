package io.lorahub.web;

import io.smallrye.mutiny.Multi;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Endpoints whose answers take longer than the tests' time limit for bodies. */
@Path("/api/test/long")
public class LongAnswers {

    static final Duration TIME = Duration.ofMillis(3500);
    static final int MEBIBYTES = 24;

    public record Letter(String subject) {}

    @GET
    @Path("/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public Multi<String> events() {
        return Multi.createFrom()
                .ticks()
                .every(TIME.dividedBy(5))
                .select()
                .first(6)
                .map(String::valueOf);
    }

    @GET
    @Path("/file")
    @Produces(MediaType.APPLICATION_OCTET_STREAM)
    public StreamingOutput file() {
        return out -> {
            byte[] piece = new byte[1 << 20];
            for (int i = 0; i < MEBIBYTES; i++) out.write(piece);
        };
    }

    @POST
    @Path("/work")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.TEXT_PLAIN)
    public String work(Letter letter) {
        pass();
        return letter.subject();
    }

    /** Reads what a client sends only after a while. */
    @POST
    @Path("/stream")
    @Consumes(MediaType.APPLICATION_OCTET_STREAM)
    @Produces(MediaType.TEXT_PLAIN)
    public long stream(@Context HttpServerRequest request) throws IOException {
        try (BodyStream body = new BodyStream(request, () -> {})) {
            long first = body.read(new byte[1]);
            pass();
            return first + body.transferTo(OutputStream.nullOutputStream());
        }
    }

    private static void pass() {
        long end = System.nanoTime() + TIME.toNanos();
        while (System.nanoTime() < end) LockSupport.parkNanos(end - System.nanoTime());
    }
}
