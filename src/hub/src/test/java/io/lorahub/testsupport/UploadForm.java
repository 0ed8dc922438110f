package io.lorahub.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Files sent by the form for browsers without scripts. */
public final class UploadForm {

    private UploadForm() {}

    /** The address of the upload's page, to which the browser is led. */
    public static String send(String session, Map<String, byte[]> files) {
        return send(AsBrowser.given(session), "/upload", files);
    }

    public static String send(String session, Path folder) {
        return send(session, contents(folder));
    }

    /** In place of those of the same names, on the page of an upload. */
    public static String replace(String session, String page, Path folder) {
        return send(AsBrowser.given(session), page + "/files", contents(folder));
    }

    private static String send(RequestSpecification form, String path, Map<String, byte[]> files) {
        // As streams: REST-assured writes arrays out as text, for the case that a test fails.
        files.forEach((name, content) -> form.multiPart("files", name, new ByteArrayInputStream(content)));
        Response sent = form.post(path);
        assertThat(sent.statusCode()).as(sent.asString()).isEqualTo(303);
        return sent.header("Location").replaceFirst("^https?://[^/]+", "");
    }

    private static Map<String, byte[]> contents(Path folder) {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path file : entries.toList()) files.put(file.getFileName().toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return files;
    }
}
