package io.lorahub.xdg;

import io.lorahub.engine.EngineException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Where the user's files of each kind belong, as the XDG base directory specification has it. */
public final class UserFolders {

    private UserFolders() {}

    /** What can be made again. */
    public static Path cache() {
        return folder("XDG_CACHE_HOME", ".cache");
    }

    /** What the user has set. */
    public static Path config() {
        return folder("XDG_CONFIG_HOME", ".config");
    }

    /** What must be kept. */
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
