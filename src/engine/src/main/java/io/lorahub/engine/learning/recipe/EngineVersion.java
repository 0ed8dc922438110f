package io.lorahub.engine.learning.recipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** LoraHub's own version, as recorded by the build. */
public final class EngineVersion {

    private EngineVersion() {}

    public static String current() {
        try (InputStream in = EngineVersion.class.getResourceAsStream("/lorahub.properties")) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
