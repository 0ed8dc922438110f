package io.lorahub.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyReader;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/**
 * Reads the JSON objects that programs send. The framework's own reader stops at the first value of a wrong kind and
 * passes over fields that there are not, so a misspelt one would change nothing and say nothing.
 */
@Provider
@Consumes({MediaType.APPLICATION_JSON, "application/merge-patch+json"})
public final class JsonBodyReader implements ServerMessageBodyReader<Record> {

    private final ObjectMapper json;

    JsonBodyReader(ObjectMapper json) {
        this.json = json;
    }

    @Override
    public boolean isReadable(Class<?> type, Type generic, ResteasyReactiveResourceInfo resource, MediaType mediaType) {
        return type.isRecord();
    }

    @Override
    public boolean isReadable(Class<?> type, Type generic, Annotation[] annotations, MediaType mediaType) {
        return type.isRecord();
    }

    @Override
    public Record readFrom(Class<Record> type, Type generic, MediaType mediaType, ServerRequestContext request)
            throws IOException {
        return read(type, request.getInputStream());
    }

    @Override
    public Record readFrom(
            Class<Record> type,
            Type generic,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        return read(type, body);
    }

    /** @return null where there is no body, or null is in it */
    private Record read(Class<Record> type, InputStream body) throws IOException {
        JsonNode value = json.readTree(body);
        if (value == null || value.isNull() || value.isMissingNode()) return null;
        new JsonShape(json).check(json.constructType(type), value).ifPresent(problem -> {
            throw problem;
        });
        return json.treeToValue(value, type);
    }
}
