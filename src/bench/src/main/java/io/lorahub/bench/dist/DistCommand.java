package io.lorahub.bench.dist;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.hub.HubUnderTest;
import io.lorahub.bench.process.OtherProgram;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.engine.checkpoint.TemporaryFolder;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.recipe.EngineVersion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.io.file.PathUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the archives of a release. */
@Command(
        name = "dist",
        description = {
            "Writes what people download into target/dist: an archive for Linux x86-64 and one for arm64, each with its own Java;"
                    + " a zip for both without Java; the bill of materials (CycloneDX), the licences of others, and SHA256SUMS.",
            "Takes Java for the archives from Debian's packages, so it needs apt-get, dpkg-deb and xz, and the network at its first"
                    + " run.",
            ""
        })
public final class DistCommand implements Callable<Integer> {

    private static final Set<String> ARCHIVES = Set.of("linux-x86-64", "linux-arm64", "java17");
    private static final List<String> DOCUMENTS =
            List.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE");

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "The folder to write to. Default: target/dist of the checkout.")
    private Path out;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            split = ",",
            description = "Write only these archives: linux-x86-64, linux-arm64, java17.")
    private Set<String> only = ARCHIVES;

    @Option(
            names = "--checkout",
            paramLabel = "DIR",
            description = "The checkout that Maven has packaged. Default: this one.")
    private Path checkout;

    private final String name = "lorahub-" + EngineVersion.current();
    private List<Path> arm64;
    private Path notices;

    @Override
    public Integer call() throws IOException {
        if (!ARCHIVES.containsAll(only)) throw output.wrong("--only takes linux-x86-64, linux-arm64 and java17.");
        Path own = HubUnderTest.program().getParent().getParent().getParent();
        if (checkout == null) checkout = own;
        if (out == null) out = checkout.resolve("target/dist");
        Files.createDirectories(out);
        Path input = own.resolve("target/dist-input");
        output.say("Fetching the libraries for arm64");
        OtherProgram.run(own, List.of("mvn", "-q", "-B", "dependency:copy@arm64", "-f", "src/bench/pom.xml"));
        arm64 = ProgramJars.jars(input.resolve("arm64"));
        Path components = checkout.resolve("target/lorahub.cdx.json");
        if (!Files.exists(components)) {
            throw new EngineException(
                    "There is no %s, which Maven makes only with the network; run mvn package -Dmaven.test.skip -Dbill.skip=false."
                            .formatted(components));
        }
        ObjectNode bill = (ObjectNode) BenchOutput.JSON.readTree(components.toFile());
        notices = Files.writeString(
                out.resolve("THIRD-PARTY-NOTICES.txt"), ThirdPartyNotices.of(bill.path("components"), jars()));
        for (JsonNode licence : bill.findValues("license")) ((ObjectNode) licence).remove("text");
        BenchOutput.JSON
                .writerWithDefaultPrettyPrinter()
                .writeValue(out.resolve(name + ".cdx.json").toFile(), bill);
        ReleaseFiles files = new ReleaseFiles(time());
        for (DistPlatform platform : DistPlatform.values()) {
            if (!only.contains(platform.title())) continue;
            try (TemporaryFolder work = TemporaryFolder.createIn(out, ".part-")) {
                Path root = documents(work);
                jars(EnumSet.of(platform)).storeTo(root.resolve("app"), root.resolve("libtorch"));
                output.say("Linking Java for " + platform.title());
                new JavaRuntime(input, platform).linkTo(root.resolve("jre"), root.resolve("lib"));
                write(platform.title() + ".tar.xz", file -> files.tar(root, file));
            }
        }
        if (only.contains("java17")) {
            try (TemporaryFolder work = TemporaryFolder.createIn(out, ".part-")) {
                Path root = documents(work);
                jars(EnumSet.allOf(DistPlatform.class)).copyTo(root.resolve("app"));
                write("java17.zip", file -> files.zip(root, file));
            }
        }
        Files.write(out.resolve("SHA256SUMS"), checksums());
        return 0;
    }

    private interface Writing {
        void to(Path file) throws IOException;
    }

    private void write(String end, Writing writing) throws IOException {
        Path file = out.resolve(name + "-" + end);
        output.say("Writing " + file);
        writing.to(file);
    }

    private ProgramJars jars(Set<DistPlatform> platforms) {
        return new ProgramJars(
                checkout.resolve("target/quarkus-app"),
                platforms,
                platforms.contains(DistPlatform.LINUX_ARM64) ? arm64 : List.of());
    }

    /** @return the folder of an archive, with the launcher and the documents */
    private Path documents(TemporaryFolder work) throws IOException {
        Path root = Files.createDirectory(work.path().resolve(name));
        Path launcher = Files.createDirectory(root.resolve("bin")).resolve("lorahub");
        Files.copy(checkout.resolve("lorahub"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
        for (String document : DOCUMENTS) Files.copy(checkout.resolve(document), root.resolve(document));
        for (String folder : List.of("docs", "docker")) {
            PathUtils.copyDirectory(checkout.resolve(folder), root.resolve(folder));
        }
        Files.copy(notices, root.resolve(notices.getFileName()));
        return root;
    }

    /** By their names. */
    private Map<String, Path> jars() throws IOException {
        Map<String, Path> jars = new LinkedHashMap<>();
        for (String folder : List.of("lib/boot", "lib/main")) {
            for (Path jar :
                    ProgramJars.jars(checkout.resolve("target/quarkus-app").resolve(folder))) {
                jars.put(jar.getFileName().toString(), jar);
            }
        }
        return jars;
    }

    private List<String> checksums() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(out)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                String title = file.getFileName().toString();
                if (title.equals("SHA256SUMS")) continue;
                lines.add(new DigestUtils("SHA-256").digestAsHex(file.toFile()) + "  " + title);
            }
        }
        return lines;
    }

    private static Instant time() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = DistCommand.class.getResourceAsStream("/lorahub.properties")) {
            properties.load(in);
        }
        return Instant.parse(properties.getProperty("timestamp"));
    }
}
