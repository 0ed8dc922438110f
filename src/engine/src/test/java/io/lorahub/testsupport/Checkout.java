package io.lorahub.testsupport;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files of the checkout. Tests run in the folder of their module. */
public final class Checkout {

    private static final Path ROOT = root();

    private Checkout() {}

    /** @param path relative to the root of the checkout */
    public static Path path(String path) {
        return ROOT.resolve(path);
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(folder.resolve("lorahub"))) folder = folder.getParent();
        return folder;
    }
}
