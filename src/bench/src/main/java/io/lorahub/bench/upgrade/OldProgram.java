package io.lorahub.bench.upgrade;

import io.lorahub.bench.engine.RandomModel;
import io.lorahub.bench.hub.HubUnderTest;
import io.lorahub.bench.process.OtherProgram;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.apache.commons.io.file.PathUtils;

/** The program of an older commit of this checkout, which later runs find again beside the random models. */
final class OldProgram {

    /** Came with the mechanism that all kinds of jobs have since then. */
    private static final String ONE_JOB_MECHANISM = "db-migrations/db/migration/V63__*";

    private final Path checkout = HubUnderTest.program().resolve("../../..").normalize();
    private final BenchProgress progress;

    OldProgram(BenchProgress progress) {
        this.progress = progress;
    }

    /** @param name of a commit; null for the last one in which each kind of work had a queue of its own */
    String commit(String name) {
        String before = name == null
                ? run(checkout, "git", "log", "--diff-filter=A", "--format=%H^", "--", ONE_JOB_MECHANISM)
                : name;
        if (before.isBlank()) throw new EngineException("The history of %s is too short.".formatted(checkout));
        return run(checkout, "git", "rev-parse", "--verify", before.strip() + "^{commit}")
                .strip();
    }

    /** Builds it unless it has been built before. */
    Path jar(String commit) {
        Path built = RandomModel.root().resolve("hub-" + commit);
        Path jar = built.resolve("quarkus-run.jar");
        if (Files.isRegularFile(jar)) return jar;
        progress.say("Building the hub of " + commit);
        try {
            Path tree = Files.createTempDirectory("lorahub-bench-tree-");
            run(checkout, "git", "worktree", "add", "--force", "--detach", tree.toString(), commit);
            try {
                run(
                        tree,
                        "mvn",
                        "-q",
                        "-B",
                        "-Dstyle.color=never",
                        "-Dmaven.test.skip",
                        "package",
                        "-pl",
                        "src/cli",
                        "-am");
                Files.createDirectories(built.getParent());
                Path whole = Files.createTempDirectory(built.getParent(), "hub-");
                PathUtils.copyDirectory(tree.resolve("target/quarkus-app"), whole, StandardCopyOption.REPLACE_EXISTING);
                Files.move(whole, built);
            } finally {
                run(checkout, "git", "worktree", "remove", "--force", tree.toString());
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException("The hub of %s cannot be built.".formatted(commit), e);
        }
    }

    private static String run(Path folder, String... words) {
        return OtherProgram.run(folder, List.of(words));
    }
}
