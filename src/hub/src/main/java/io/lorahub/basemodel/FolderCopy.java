package io.lorahub.basemodel;

import io.lorahub.job.JobHandler;
import io.lorahub.job.JobOutcome;
import io.lorahub.job.JobQueue;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Copies base models from folders into the store, in a process of a machine that has the folder. */
@ApplicationScoped
public class FolderCopy implements JobHandler {

    /** The kind of job. */
    public static final String KIND = "base-model-folder";

    /** Delay for a folder that this machine does not have. */
    private static final Duration ELSEWHERE = Duration.ofSeconds(1);

    /** How long a folder is looked for, such as one of a machine that restarts. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final BaseModelRegistrations registrations;
    private final DatabaseClock clock;

    FolderCopy(BaseModelRegistrations registrations, DatabaseClock clock) {
        this.registrations = registrations;
        this.clock = clock;
    }

    @Override
    public Set<JobQueue> queues() {
        return Set.of(JobQueue.IMPORTS);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String title() {
        return "Copies of base models from folders";
    }

    @Override
    public JobOutcome run(String id) {
        Optional<BaseModelRegistration> copying = registrations.copying(UUID.fromString(id));
        if (copying.isEmpty()) return JobOutcome.DONE;
        BaseModelRegistration entry = copying.get();
        if (!Files.isDirectory(Path.of(entry.folder))) {
            if (clock.now().isBefore(entry.createdAt.plus(PATIENCE))) return JobOutcome.again(ELSEWHERE);
            registrations.refuseFolder(
                    entry.id,
                    "No process of the hub has the folder %s.".formatted(entry.folder),
                    "Register the model again, from a folder of the machine that serves this page.");
            return JobOutcome.DONE;
        }
        try {
            registrations.copy(entry);
        } catch (ProblemException e) {
            registrations.refuseFolder(entry.id, reason(e), "Register the model again with the right files.");
        }
        return JobOutcome.DONE;
    }

    private static String reason(ProblemException e) {
        return e.causes().isEmpty() ? e.getMessage() : e.causes().get(0).message();
    }
}
