package io.lorahub.uploadcheck;

import io.lorahub.basemodel.BaseModelRegistrations;
import io.lorahub.childprocess.ChildAbortedException;
import io.lorahub.childprocess.ChildAbortedException.Reason;
import io.lorahub.childprocess.ChildProcesses;
import io.lorahub.childprocess.ChildProgram;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.job.JobHandler;
import io.lorahub.job.JobOutcome;
import io.lorahub.job.JobQueue;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.object.UnusableObjectException;
import io.lorahub.web.Format;
import io.lorahub.web.SingleLineText;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/** Checks one base model: a process of its own reads all of it and runs it once. */
@ApplicationScoped
public class RegistrationCheck implements JobHandler {

    /** The kind of job. */
    static final String KIND = "base-model-check";

    private static final Logger LOG = Logger.getLogger(RegistrationCheck.class);

    /**
     * In float32, in which a model is tried, weights of 16 bits take twice the size of their file. Those that are float32
     * already are mapped and take nothing.
     */
    private static final long GROWTH = 2;

    /**
     * For the JVM, libtorch, the tokenizer and what a few tokens take in the layers, besides heap and buffers; about
     * 300 MB for small models.
     */
    private static final long OTHERS = 1_000_000_000;

    /** For the stack and the allocator's arena of each thread, of which libtorch starts one for each processor. */
    private static final long PER_PROCESSOR = 16_000_000;

    /** Delay for a model that has met another one in this process. */
    private static final Duration NEXT = Duration.ofSeconds(1);

    private final BaseModelRegistrations registrations;
    private final Blobs blobs;
    private final ChildProcesses processes;
    private final UploadCheckConfig config;
    private final Semaphore one = new Semaphore(1);

    RegistrationCheck(
            BaseModelRegistrations registrations, Blobs blobs, ChildProcesses processes, UploadCheckConfig config) {
        this.registrations = registrations;
        this.blobs = blobs;
        this.processes = processes;
        this.config = config;
    }

    @Override
    public Set<JobQueue> queues() {
        return Set.of(JobQueue.CHECKS);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String title() {
        return "Checks of base models";
    }

    @Override
    public JobOutcome run(String id) {
        if (!one.tryAcquire()) return JobOutcome.again(NEXT);
        try {
            of(UUID.fromString(id));
            return JobOutcome.DONE;
        } finally {
            one.release();
        }
    }

    /**
     * Checks the model if it is still waiting for its check. No transaction is open meanwhile.
     *
     * @throws RuntimeException if the check should be tried again
     */
    void of(UUID id) {
        Optional<Map<String, String>> files = registrations.begin(id);
        if (files.isEmpty()) return;
        try (CheckFolder folder = CheckFolder.of(files.get(), blobs)) {
            ask(id, folder).ifPresent(answer -> end(id, files.get(), answer));
        } catch (UnusableObjectException e) {
            UploadCheck.named(files.get(), e).ifPresent(why -> registrations.brokeOff(id, why));
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end(UUID id, Map<String, String> files, ModelCheckResponse answer) {
        UploadCheck.requireUndamaged(files, answer.sha256());
        if (answer.findings().isEmpty()) registrations.accept(id, answer.facts());
        else
            registrations.refuse(
                    id, answer.findings().stream().map(RegistrationCheck::clean).toList());
    }

    /** Texts of foreign files can contain what a database doesn't store. */
    private static CheckFinding clean(CheckFinding finding) {
        return CheckFinding.error(
                finding.code(),
                SingleLineText.of(finding.subject()),
                SingleLineText.of(finding.message()),
                SingleLineText.of(finding.fix()));
    }

    /** Empty if the answer is no longer needed, or the check is given up. */
    private Optional<ModelCheckResponse> ask(UUID id, CheckFolder folder) throws IOException {
        Duration deadline = UploadCheck.deadline(config, folder.bytes());
        ChildProgram program = program(folder.bytes());
        try {
            return Optional.of(processes.ask(
                    program,
                    new ModelCheckRequest(folder.path().toString()),
                    ModelCheckResponse.class,
                    deadline,
                    () -> registrations.isAwaited(id)));
        } catch (ChildAbortedException e) {
            if (e.reason() == Reason.NOT_NEEDED) return Optional.empty();
            if (e.reason() == Reason.SHUTDOWN) {
                registrations.interrupted(id);
                throw e;
            }
            if (registrations.overrun(id, why(e.reason(), program, deadline))) throw e;
            LOG.warnf(e, "The check of the base model %s has failed for good.", id);
            return Optional.empty();
        }
    }

    /** @param bytes size of the model's files */
    private ChildProgram program(long bytes) {
        long heap = config.memory().asLongValue();
        long others = OTHERS + PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
        return new ChildProgram(ModelCheckMain.class, heap, OptionalLong.of(others + 2 * heap + GROWTH * bytes));
    }

    private static CheckFinding why(Reason reason, ChildProgram program, Duration deadline) {
        return switch (reason) {
            case MEMORY ->
                CheckFinding.error(
                        "check-memory",
                        "",
                        "Reading and running this model takes more memory than a model of its size needs: more than %s for what its files say, or more than %s in all. The process that checked it was ended."
                                .formatted(
                                        Format.bytes(program.heap()),
                                        Format.bytes(program.memory().orElse(0))),
                        "Look for a chat template, a tokenizer or a header that is far larger than in other models. If the model is sound, allow the checks more memory (LORAHUB_CHECKS_MEMORY).");
            case TIME ->
                CheckFinding.error(
                        "check-time",
                        "",
                        "Reading and running this model takes more than %s of processor time, so the check was stopped."
                                .formatted(UploadCheck.words(deadline.toSeconds())),
                        "If the model is sound, allow the checks more time (LORAHUB_CHECKS_DEADLINE).");
            default ->
                CheckFinding.error(
                        "check-crash",
                        "",
                        "The process that read and ran this model ended every time without an answer.",
                        "Get the model's files again. The hub's log says how the process ended.");
        };
    }
}
