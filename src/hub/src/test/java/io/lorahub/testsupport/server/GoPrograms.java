package io.lorahub.testsupport.server;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs that {@code go install} puts on this machine. */
public final class GoPrograms {

    private GoPrograms() {}

    /** Where it is: on the PATH, or in Go's folder. */
    public static Optional<Path> find(String name) {
        Map<String, String> environment = System.getenv();
        String home = System.getProperty("user.home");
        Stream<Path> folders = Stream.concat(
                Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                        .map(Path::of),
                Stream.of(
                        Path.of(environment.getOrDefault("GOBIN", "")),
                        Path.of(environment.getOrDefault("GOPATH", home + "/go"), "bin")));
        return folders.map(folder -> folder.resolve(name))
                .filter(file -> file.isAbsolute() && Files.isExecutable(file))
                .findFirst();
    }
}
