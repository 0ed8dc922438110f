package io.lorahub.bench.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lorahub.testsupport.Checkout;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The archive for this kind of machine, as people take it. */
@Tag("long")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class DistIT {

    private static final String ARCHIVE = "linux-x86-64";

    /** The libraries that it has besides libc itself. */
    private static final List<String> GLIBC = List.of(
            "libm.so.6",
            "libdl.so.2",
            "libpthread.so.0",
            "librt.so.1",
            "libresolv.so.2",
            "libnss_files.so.2",
            "libutil.so.1");

    @TempDir
    static Path folder;

    private static Path dist;

    @BeforeAll
    static void write() {
        assumeTrue(
                System.getProperty("os.arch").equals("amd64"),
                "The archive of another kind of machine can't be started.");
        assumeTrue(
                Runtime.version().feature() == 17 && Files.isExecutable(Path.of("/usr/bin/apt-get")),
                "Java in the archives is made by Java 17 of Debian's packages.");
        assumeTrue(
                Files.exists(Checkout.path("target/lorahub.cdx.json")),
                "Maven makes the bill of materials only with the network.");
        dist = folder.resolve("dist");
        dist("--out", dist.toString());
    }

    /**
     * A root with a shell and the base tools, without the network: the hub starts, stops and starts again with its data,
     * answers a page, is backed up and restored, and the command line composes.
     */
    @Test
    void it_runs_where_nothing_but_glibc_is_installed() throws Exception {
        assumeTrue(ended("unshare", "--net", "--mount", "--pid", "--fork", "true"), "Only root can make such a root.");
        Path root = bareRoot();
        run("tar", "xf", archive().toString(), "-C", root.resolve("opt").toString());
        Files.writeString(root.resolve("try"), """
                set -euo pipefail
                lorahub=/opt/lorahub-*/bin/lorahub
                await() {
                  while read -r line; do
                    echo "$line"
                    if [[ $line == LoraHub*http://* ]]; then address=${line##*http://}; fi
                    if [[ $line == "Ctrl-C ends it." ]]; then return; fi
                  done
                  exit 1
                }
                for start in first second; do
                  exec 3< <(exec $lorahub serve --port 0 2>/home/ada/err)
                  hub=$!
                  await <&3
                  exec 4<>"/dev/tcp/${address%:*}/${address##*:}"
                  printf 'GET /adapters HTTP/1.0\\r\\nHost: %s\\r\\n\\r\\n' "$address" >&4
                  page=$(cat <&4)
                  [[ $page == *"200 OK"*demo/un* ]]
                  echo "$start page"
                  $lorahub search prefix --server "http://$address"
                  $lorahub backup /home/ada/backup
                  kill "$hub"
                  while kill -0 "$hub" 2>/dev/null; do sleep 0.1; done
                done
                $lorahub restore /home/ada/backup --data /home/ada/elsewhere
                $lorahub compose --demo un-past --budget 8 --accept-worse
                $lorahub test >/home/ada/usage 2>&1 || echo "test ends with $?"
                """);

        Run run = run("unshare", "--net", "--mount", "--pid", "--fork", "bash", "-c", """
                set -e
                ip link set lo up
                mount --bind "$0" "$0"
                mount -t proc proc "$0/proc"
                mount --rbind /dev "$0/dev"
                cd "$0"
                exec env -i HOME=/home/ada PATH=/bin:/usr/bin "$(command -v chroot)" --userspec=1000:1000 . /bin/bash /try""", root.toString());

        assertThat(run.output())
                .contains("first page", "second page", "demo/un ", "Restored ", "8 evaluations", "test ends with 2");
    }

    @Test
    void the_checksums_fit() throws Exception {
        assertThat(run("sha256sum", "--check", dist.resolve("SHA256SUMS").toString())
                        .output())
                .contains(ARCHIVE + ".tar.xz: OK");
    }

    @Test
    void java_is_linked_to_the_same_bytes_each_time() throws Exception {
        for (String name : List.of("one", "other")) {
            new JavaRuntime(Checkout.path("target/dist-input"), DistPlatform.LINUX_X86_64)
                    .linkTo(folder.resolve(name), folder.resolve("lib-" + name));
        }

        assertThat(folder.resolve("one/lib/modules")).hasSameBinaryContentAs(folder.resolve("other/lib/modules"));
    }

    private static void dist(String... words) {
        StringWriter err = new StringWriter();
        int code = new CommandLine(new DistCommand())
                .setErr(new PrintWriter(err))
                .execute(Stream.concat(Stream.of("--only", ARCHIVE), Stream.of(words))
                        .toArray(String[]::new));
        assertThat(code).as(err::toString).isZero();
    }

    private static Path archive() throws IOException {
        try (Stream<Path> files = Files.list(dist)) {
            return files.filter(file -> file.toString().endsWith(".tar.xz"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** bash, what the launcher calls, and the libraries of glibc that these need. */
    private static Path bareRoot() throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        for (String name : List.of("proc", "dev", "tmp", "opt", "etc", "home/ada"))
            Files.createDirectories(root.resolve(name));
        Files.writeString(root.resolve("etc/passwd"), "ada:x:1000:1000::/home/ada:/bin/bash\n");
        Files.setPosixFilePermissions(root.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
        run("chown", "1000:1000", root.resolve("home/ada").toString());
        run("chmod", "755", folder.toString());
        for (String tool : List.of("/bin/bash", "/bin/sh", "/usr/bin/env", "/bin/cat", "/bin/sleep")) {
            copy(Path.of(tool), root);
            for (String word : run("ldd", tool).output().split("\\s+")) {
                if (word.startsWith("/")) copy(Path.of(word), root);
            }
        }
        for (String part : GLIBC) {
            Path library = Path.of("/lib/x86_64-linux-gnu", part);
            if (Files.exists(library)) copy(library, root);
        }
        Path locale = Path.of("/usr/lib/locale/C.utf8");
        if (Files.exists(locale))
            FileUtils.copyDirectory(
                    locale.toFile(), root.resolve("usr/lib/locale/C.utf8").toFile());
        return root;
    }

    private static void copy(Path file, Path root) throws IOException {
        Path target = root.resolve(file.toString().substring(1));
        if (Files.exists(target)) return;
        Files.createDirectories(target.getParent());
        Files.copy(file.toRealPath(), target, StandardCopyOption.COPY_ATTRIBUTES);
    }

    private record Run(int status, String output) {}

    private static Run run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(dist.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes());
        Run run = new Run(process.waitFor(), output);
        assertThat(run.status()).as(run.output()).isZero();
        return run;
    }

    private static boolean ended(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor() == 0;
    }
}
