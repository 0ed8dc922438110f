package io.lorahub.bench.dist;

import io.lorahub.bench.process.OtherProgram;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * A Java runtime for an archive: jlink makes it of Debian's JDK for that machine. With it come the libraries that Java,
 * libtorch and PostgreSQL need besides glibc. Java finds them by its run path, PostgreSQL by a variable that the launcher
 * sets.
 */
final class JavaRuntime {

    private static final int VERSION = 17;

    private static final String JDK = "openjdk-17-jdk-headless";

    /** What the program's classes need, and what operators use: jcmd, flight recordings, management. */
    private static final String MODULES = String.join(
            ",",
            "java.compiler",
            "java.desktop",
            "java.instrument",
            "java.logging",
            "java.management",
            "java.naming",
            "java.net.http",
            "java.prefs",
            "java.rmi",
            "java.scripting",
            "java.security.jgss",
            "java.security.sasl",
            "java.sql",
            "java.transaction.xa",
            "java.xml.crypto",
            "jdk.charsets",
            "jdk.crypto.ec",
            "jdk.jcmd",
            "jdk.jfr",
            "jdk.management.agent",
            "jdk.management.jfr",
            "jdk.naming.dns",
            "jdk.net",
            "jdk.security.auth",
            "jdk.unsupported",
            "jdk.zipfs");

    /** Packages and the library that each has. */
    private static final Map<String, String> LIBRARIES =
            Map.of("libgcc-s1", "libgcc_s.so.1", "libstdc++6", "libstdc++.so.6", "zlib1g", "libz.so.1");

    /** Packages with the licences of the libraries; jlink has those of Java. */
    private static final List<String> LICENSED = List.of("gcc-12-base", "zlib1g");

    private final Path work;
    private final DistPlatform platform;

    /** @param work where packages are kept between two builds */
    JavaRuntime(Path work, DistPlatform platform) {
        this.work = work.resolve("debian-" + platform.debian());
        this.platform = platform;
    }

    /** @param libraries folder for what isn't Java's own */
    void linkTo(Path folder, Path libraries) throws IOException {
        if (Runtime.version().feature() != VERSION) {
            throw new EngineException(
                    "The archives come with Java %d, and only its own jlink can make that; this is Java %d. Set JAVA_HOME."
                            .formatted(VERSION, Runtime.version().feature()));
        }
        Path root = unpacked();
        Path jmods = root.resolve("usr/lib/jvm/java-17-openjdk-%s/jmods".formatted(platform.debian()));
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        ToolProvider jlink = ToolProvider.findFirst("jlink")
                .orElseThrow(() -> new EngineException("This Java has no jlink; install a JDK with its jmods."));
        int status = jlink.run(
                out,
                out,
                "--module-path",
                jmods.toString(),
                "--add-modules",
                MODULES,
                "--strip-java-debug-attributes",
                // in Java 17 it makes other classes each time, depending on whether it runs before or after the one
                // above
                "--disable-plugin",
                "generate-jli-classes",
                "--no-header-files",
                "--no-man-pages",
                "--output",
                folder.toString());
        if (status != 0) throw new EngineException("jlink failed: " + said);
        Files.createDirectories(libraries);
        for (String library : LIBRARIES.values()) {
            Path copy = libraries.resolve(library);
            Files.copy(found(root, library).toRealPath(), copy);
            Path link = folder.resolve("lib").resolve(library);
            Files.createSymbolicLink(link, link.getParent().relativize(copy));
        }
        Path legal = Files.createDirectories(folder.resolve("legal/debian"));
        Files.write(
                legal.resolve("packages.txt"),
                files(work.resolve("packages"), ".deb").stream()
                        .map(file -> file.getFileName().toString().replace("%3a", ":"))
                        .toList());
        for (String name : LICENSED) {
            Files.copy(root.resolve("usr/share/doc").resolve(name).resolve("copyright"), legal.resolve(name + ".txt"));
        }
    }

    private static Path found(Path root, String library) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.endsWith(library))
                    .findFirst()
                    .orElseThrow(() -> new EngineException("Debian's packages have no %s.".formatted(library)));
        }
    }

    /** Packages of another kind of machine need lists of their own; the system's stay as they are. */
    private Path unpacked() throws IOException {
        Path root = work.resolve("root");
        if (Files.exists(root)) return root;
        Path packages = Files.createDirectories(work.resolve("packages"));
        for (String folder : List.of("lists/partial", "cache/archives/partial")) {
            Files.createDirectories(work.resolve(folder));
        }
        Files.write(work.resolve("status"), new byte[0]);
        List<String> apt = List.of(
                "apt-get",
                "-qq",
                "-o=APT::Architecture=" + platform.debian(),
                "-o=APT::Architectures=" + platform.debian(),
                "-o=APT::Sandbox::User=root",
                "-o=Dir::State::Lists=" + work.resolve("lists"),
                "-o=Dir::Cache=" + work.resolve("cache"),
                "-o=Dir::State::Status=" + work.resolve("status"));
        OtherProgram.run(packages, joined(apt, List.of("update")));
        List<String> download = new ArrayList<>(List.of("download", JDK, "gcc-12-base"));
        download.addAll(LIBRARIES.keySet().stream().sorted().toList());
        OtherProgram.run(packages, joined(apt, download));
        Path part = work.resolve("root.part");
        for (Path file : files(packages, ".deb")) {
            OtherProgram.run(packages, List.of("dpkg-deb", "-x", file.toString(), part.toString()));
        }
        return Files.move(part, root);
    }

    private static List<Path> files(Path folder, String end) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(end)).sorted().toList();
        }
    }

    private static List<String> joined(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }
}
