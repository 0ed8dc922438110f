package io.lorahub.xdg;

import io.lorahub.engine.error.EngineException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The user's folders after the XDG base directory specification. */
public final class UserFolders {

    private UserFolders() {}

    /** Data that can be recreated. */
    public static Path cache() {
        return folder("XDG_CACHE_HOME", ".cache");
    }

    /** The user's settings. */
    public static Path config() {
        return folder("XDG_CONFIG_HOME", ".config");
    }

    /** Data that must be kept. */
    public static Path data() {
        return folder("XDG_DATA_HOME", ".local/share");
    }

    private static Path folder(String variable, String inHome) {
        String named = System.getenv(variable);
        try {
            Path base = named != null && Path.of(named).isAbsolute()
                    ? Path.of(named)
                    : Path.of(System.getProperty("user.home"), inHome);
            return base.resolve("lorahub");
        } catch (InvalidPathException e) {
            throw new EngineException("%s isn't a path: %s.".formatted(variable, named), e);
        }
    }
}
