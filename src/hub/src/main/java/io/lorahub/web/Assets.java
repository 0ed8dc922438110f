package io.lorahub.web;

import io.quarkus.qute.TemplateExtension;
import io.quarkus.runtime.LaunchMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Addresses of style sheets, scripts and pictures, for use in templates as {@code {asset:url('lorahub.css')}}. An
 * address changes with the content, so browsers can cache it indefinitely.
 */
@TemplateExtension(namespace = "asset")
public final class Assets {

    private static final String FOLDER = "META-INF/resources/static/";
    private static final int HASH_BYTES = 6;
    private static final Map<String, String> KNOWN = new ConcurrentHashMap<>();

    private Assets() {}

    /** @throws IllegalArgumentException if the file does not exist, because the page would be broken without it */
    static String url(String name) {
        return LaunchMode.current() == LaunchMode.DEVELOPMENT ? read(name) : KNOWN.computeIfAbsent(name, Assets::read);
    }

    static String htmx() {
        return webjar("htmx.org", "dist/htmx.min.js");
    }

    /** Address of a library's file; it contains the library's version. */
    static String webjar(String library, String path) {
        return KNOWN.computeIfAbsent(
                library + "/" + path, name -> "/webjars/" + library + "/" + versionOf(library) + "/" + path);
    }

    private static String versionOf(String library) {
        String file = "META-INF/maven/org.webjars.npm/" + library + "/pom.properties";
        try (InputStream in = loader().getResourceAsStream(file)) {
            if (in == null) throw new IllegalArgumentException("There is no library " + library + ".");
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("The version of " + library + " cannot be read.", e);
        }
    }

    private static ClassLoader loader() {
        return Thread.currentThread().getContextClassLoader();
    }

    private static String read(String name) {
        try (InputStream in = loader().getResourceAsStream(FOLDER + name)) {
            if (in == null) throw new IllegalArgumentException("There is no file static/" + name + ".");
            byte[] hash = DigestUtils.sha256(in);
            return "/static/" + name + "?v=" + HexFormat.of().formatHex(hash, 0, HASH_BYTES);
        } catch (IOException e) {
            throw new UncheckedIOException("static/" + name + " cannot be read.", e);
        }
    }
}
