package io.lorahub.uploadcheck;

import io.lorahub.basemodel.registration.BaseModelRegistrations;
import io.lorahub.childprocess.ChildAbortedException.Reason;
import io.lorahub.childprocess.ChildProcesses;
import io.lorahub.childprocess.ChildProgram;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.job.JobOutcome;
import io.lorahub.storage.Blobs;
import io.lorahub.upload.check.UploadChecks;
import io.lorahub.web.Format;
import io.lorahub.web.SingleLineText;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Semaphore;

/** Checks one base model: a process of its own reads all of it and runs it once. */
@Singleton
public class RegistrationCheck extends FileCheck {

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
    private final Semaphore one = new Semaphore(1);

    RegistrationCheck(
            UploadChecks checks,
            BaseModelRegistrations registrations,
            Blobs blobs,
            ChildProcesses processes,
            UploadCheckConfig config) {
        super(checks, blobs, processes, config);
        this.registrations = registrations;
    }

    @Override
    public String kind() {
        return UploadChecks.BASE_MODEL_JOB;
    }

    @Override
    public String title() {
        return "Checks of base models";
    }

    /** A process checks one base model at a time, so that adapters needn't wait until it has been read. */
    @Override
    public JobOutcome run(String id) {
        if (!one.tryAcquire()) return JobOutcome.retryAfter(NEXT);
        try {
            return super.run(id);
        } finally {
            one.release();
        }
    }

    @Override
    void examine(UUID upload, Map<String, String> files, CheckFolder folder) throws IOException {
        ModelCheckRequest request = new ModelCheckRequest(folder.path().toString());
        Optional<ModelCheckResponse> answer =
                ask(upload, program(folder.bytes()), request, ModelCheckResponse.class, folder);
        answer.ifPresent(result -> end(upload, files, result));
    }

    private void end(UUID upload, Map<String, String> files, ModelCheckResponse answer) {
        requireUndamaged(files, answer.sha256());
        if (answer.findings().isEmpty()) {
            registrations.accept(upload, answer.facts());
        } else {
            registrations.refuse(
                    upload,
                    answer.findings().stream().map(RegistrationCheck::clean).toList());
        }
    }

    /** Texts of foreign files can contain what a database doesn't store. */
    private static CheckFinding clean(CheckFinding finding) {
        return CheckFinding.error(
                finding.code(),
                SingleLineText.of(finding.subject()),
                SingleLineText.of(finding.message()),
                SingleLineText.of(finding.fix()));
    }

    /** @param bytes size of the model's files */
    private ChildProgram program(long bytes) {
        long heap = config.memory().asLongValue();
        long others = OTHERS + PER_PROCESSOR * Runtime.getRuntime().availableProcessors();
        return new ChildProgram(ModelCheckMain.class, heap, OptionalLong.of(others + 2 * heap + GROWTH * bytes));
    }

    @Override
    CheckFinding why(Reason reason, ChildProgram program, Duration deadline) {
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
                                .formatted(words(deadline)),
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
