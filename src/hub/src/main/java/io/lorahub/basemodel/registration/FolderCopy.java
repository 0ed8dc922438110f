package io.lorahub.basemodel.registration;

import io.lorahub.account.ActingMember;
import io.lorahub.account.Person;
import io.lorahub.job.JobHandler;
import io.lorahub.job.JobOutcome;
import io.lorahub.job.JobQueue;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.transfer.UploadReceiver;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SingleLineText;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Copies base models from folders into their uploads, in a process of a machine that has the folder. */
@ApplicationScoped
public class FolderCopy implements JobHandler {

    private static final Logger LOG = Logger.getLogger(FolderCopy.class);

    /** The kind of job. */
    public static final String KIND = "base-model-folder";

    /** Delay for a folder that this machine does not have, and for a file that a process has just left. */
    private static final Duration ELSEWHERE = Duration.ofSeconds(1);

    /** How long a folder is looked for, such as one of a machine that restarts. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final BaseModelRegistrations registrations;
    private final UploadReceiver receiver;
    private final ActingMember members;
    private final DatabaseClock clock;

    FolderCopy(
            BaseModelRegistrations registrations, UploadReceiver receiver, ActingMember members, DatabaseClock clock) {
        this.registrations = registrations;
        this.receiver = receiver;
        this.members = members;
        this.clock = clock;
    }

    private record Copy(UUID id, Path folder, Instant createdAt, Person person) {

        static Copy of(Upload upload) {
            Person person = upload.person == null ? null : Person.findById(upload.person.id);
            return new Copy(upload.id, Path.of(upload.sourceFolder), upload.createdAt, person);
        }
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
        Optional<Copy> waiting = QuarkusTransaction.requiringNew()
                .call(() -> Upload.<Upload>findByIdOptional(UUID.fromString(id))
                        .filter(upload -> upload.getState() == UploadState.RECEIVING)
                        .map(Copy::of));
        if (waiting.isEmpty()) return JobOutcome.DONE;
        Copy copy = waiting.get();
        if (copy.person() == null) {
            return refuse(copy, "The account that registered it is deleted.", "Register the model again.");
        }
        if (!Files.isDirectory(copy.folder())) {
            if (clock.now().isBefore(copy.createdAt().plus(PATIENCE))) return JobOutcome.retryAfter(ELSEWHERE);
            return refuse(
                    copy,
                    "No process of the hub has the folder %s.".formatted(copy.folder()),
                    "Register the model again, from a folder of the machine that serves this page.");
        }
        return members.call(copy.person(), () -> tried(copy));
    }

    private JobOutcome tried(Copy copy) {
        try {
            if (!registrations.announceFolder(copy.id())) return JobOutcome.DONE;
            for (var file : missing(copy).entrySet()) copy(copy, file.getKey(), file.getValue());
            return JobOutcome.DONE;
        } catch (ProblemException e) {
            if (e.headers().containsKey("Retry-After")) return JobOutcome.retryAfter(ELSEWHERE);
            return refuse(copy, reason(e), "Register the model again with the right files.");
        } catch (UncheckedIOException e) {
            LOG.warnf(e, "The folder %s of a base model can't be copied.", copy.folder());
            return refuse(
                    copy,
                    "The folder can't be read: %s"
                            .formatted(SingleLineText.of(e.getCause().getMessage())),
                    "Let the hub read all of them, then register the model again.");
        }
    }

    /** How much is here of the files that are not whole, in bytes. */
    private static Map<String, Long> missing(Copy copy) {
        return QuarkusTransaction.requiringNew().call(() -> {
            Map<String, Long> offsets = new TreeMap<>();
            for (UploadFile file : Upload.<Upload>findById(copy.id()).files) {
                if (!file.isWhole()) offsets.put(file.name, file.offset());
            }
            return offsets;
        });
    }

    private void copy(Copy copy, String name, long offset) {
        Path file = copy.folder().resolve(name);
        try (InputStream in = Files.newInputStream(file)) {
            in.skipNBytes(offset);
            UploadReceiver.Progress progress = receiver.receive(copy.id(), name, offset, 0, in);
            if (!progress.isComplete()) throw new IOException(name + " ended before its last byte.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JobOutcome refuse(Copy copy, String why, String fix) {
        registrations.refuseFolder(copy.id(), why, fix);
        return JobOutcome.DONE;
    }

    private static String reason(ProblemException e) {
        return e.causes().isEmpty() ? e.getMessage() : e.causes().get(0).message();
    }
}
