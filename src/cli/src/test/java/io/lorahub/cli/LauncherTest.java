package io.lorahub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When {@code ./lorahub} builds and what it starts, in a checkout whose mvn and java only say that they were called. */
class LauncherTest {

    private static final Instant CHANGED = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir
    Path home;

    @BeforeEach
    void checkout() throws IOException {
        Files.copy(Checkout.path("lorahub"), home.resolve("lorahub"), StandardCopyOption.COPY_ATTRIBUTES);
        for (String folder : new String[] {"src/hub/src/main", "frontend-templates", "db-migrations"}) {
            touch(Files.createDirectories(home.resolve(folder)), CHANGED);
        }
        touch(Files.createFile(home.resolve("pom.xml")), CHANGED);
        program("java", """
                for word in "$@"; do
                  case $word in -XX:DumpLoadedClassList=*) touch "${word#*=}" ;; esac
                done
                echo "    java.specification.version = 17" >&2""");
        program("mvn", "echo mvn was called; mkdir -p target/quarkus-app/lib/main; touch target/lorahub.packaged");
        program("javac", "true");
    }

    @Test
    void what_maven_has_built_is_not_built_again() throws IOException, InterruptedException {
        Files.createDirectories(home.resolve("target/quarkus-app/lib/main"));
        Path packaged = Files.createFile(home.resolve("target/lorahub.packaged"));
        touch(packaged, CHANGED.plusSeconds(60));

        assertThat(started())
                .contains("preparing the program that Maven has built")
                .doesNotContain("mvn was called");
        assertThat(started()).doesNotContain("preparing", "mvn was called");

        touch(packaged, CHANGED.plusSeconds(120));
        assertThat(started()).contains("preparing").doesNotContain("mvn was called");

        touch(home.resolve("src/hub/src/main"), CHANGED.plusSeconds(180));
        assertThat(started()).contains("sources have changed since the last build", "mvn was called");
        assertThat(started()).doesNotContain("preparing", "mvn was called");
    }

    @Test
    void a_build_that_was_broken_off_is_made_again() throws IOException, InterruptedException {
        Files.createDirectories(home.resolve("target/quarkus-app/lib/main"));

        assertThat(started()).contains("mvn was called");
    }

    @Test
    void a_release_runs_what_is_there_with_its_own_java() throws IOException, InterruptedException {
        Path release = home.resolve("opt/lorahub-1.0.0");
        Path launcher = release(release, "echo its own java: \"$@\"");
        Path link = Files.createSymbolicLink(home.resolve("link"), launcher);

        assertThat(said(link.toString(), "--version"))
                .startsWith("its own java:")
                .contains(release.resolve("app/lib/main").toString())
                .endsWith("io.lorahub.cli.Main --version\n");
        assertThat(said(launcher.toString(), "test")).endsWith("io.lorahub.cli.Main test\n");
    }

    @Test
    void a_secret_can_be_in_a_file() throws IOException, InterruptedException {
        Path secret = Files.writeString(home.resolve("password"), "open sesame\n");
        String launcher = release(
                        home.resolve("opt/lorahub-1.0.0"),
                        "echo \"it is '$LORAHUB_DATABASE_PASSWORD', the file's name '$LORAHUB_DATABASE_PASSWORD_FILE'\"")
                .toString();

        assertThat(with(launcher, Map.of("LORAHUB_DATABASE_PASSWORD_FILE", secret.toString())))
                .contains("it is 'open sesame', the file's name ''");
        assertThat(with(launcher, Map.of("LORAHUB_DATABASE_PASSWORD_FILE", "/nowhere")))
                .contains("LORAHUB_DATABASE_PASSWORD_FILE is /nowhere, which isn't a file that can be read.");
        assertThat(with(
                        launcher,
                        Map.of(
                                "LORAHUB_DATABASE_PASSWORD_FILE",
                                secret.toString(),
                                "LORAHUB_DATABASE_PASSWORD",
                                "other")))
                .contains("Set LORAHUB_DATABASE_PASSWORD or LORAHUB_DATABASE_PASSWORD_FILE, not both.");
        assertThat(with(launcher, Map.of("LORAHUB_ACCOUNTS_KEY_FILE", "/nowhere")))
                .contains("it is ''");
    }

    @Test
    void tests_end_as_maven_does_unless_one_has_failed_each_time() throws IOException, InterruptedException {
        String test = home.resolve("lorahub").toString();
        program("mvn", "echo \"mvn was called: $*\"");
        assertThat(ended(test, "test", "-Dwords=for Maven"))
                .isEqualTo("0 mvn was called: -B spotless:check -Dwords=for Maven verify\n");

        Files.createDirectories(home.resolve("src/hub/src/test/java"));
        Files.createFile(home.resolve("src/hub/src/test/java/SomeTest.java"));
        program("mvn", "exit 7");
        assertThat(ended(test, "test")).isEqualTo("7 ");
        assertThat(ended(test, "test", "SomeTest")).isEqualTo("7 ");

        program("mvn", "mkdir -p src/hub/target/failed-tests; echo its id >src/hub/target/failed-tests/1");
        for (String name : new String[] {"-B", "SomeTest"}) {
            assertThat(ended(test, "test", name)).isEqualTo("1 lorahub: These tests have failed each time:\nits id\n");
        }
    }

    /** @return its launcher */
    private Path release(Path folder, String does) throws IOException {
        Files.createDirectories(folder.resolve("app/lib/main"));
        Path launcher = Files.createDirectories(folder.resolve("bin")).resolve("lorahub");
        Files.copy(home.resolve("lorahub"), launcher, StandardCopyOption.COPY_ATTRIBUTES);
        program(Files.createDirectories(folder.resolve("jre/bin")), "java", does);
        return launcher;
    }

    private static String with(String launcher, Map<String, String> environment)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(launcher, "--version").redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes());
        process.waitFor();
        return said;
    }

    private void program(String name, String does) throws IOException {
        program(Files.createDirectories(home.resolve("jdk/bin")), name, does);
    }

    private static void program(Path bin, String name, String does) throws IOException {
        Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + does + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void touch(Path file, Instant at) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(at));
    }

    private String started() throws IOException, InterruptedException {
        return said(home.resolve("lorahub").toString(), "--version");
    }

    private String said(String... command) throws IOException, InterruptedException {
        String ended = ended(command);
        assertThat(ended).startsWith("0 ");
        return ended.substring(2);
    }

    /** @return the exit status, a space and what it said */
    private String ended(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("JAVA_HOME", home.resolve("jdk").toString());
        builder.environment().merge("PATH", home.resolve("jdk/bin").toString(), (old, own) -> own + ":" + old);
        Process process = builder.redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        return process.waitFor() + " " + said;
    }
}
