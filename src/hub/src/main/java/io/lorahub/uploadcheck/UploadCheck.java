package io.lorahub.uploadcheck;

import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.childprocess.ChildAbortedException.Reason;
import io.lorahub.childprocess.ChildProcesses;
import io.lorahub.childprocess.ChildProgram;
import io.lorahub.engine.checkpoint.AdapterFolder;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.HeldBlobs;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.storage.object.StagedFile;
import io.lorahub.upload.check.UploadChecks;
import io.lorahub.web.Format;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Checks one adapter with the same code as {@code lorahub inspect}, and performs the checks that only a hub can. */
@Singleton
public class UploadCheck extends FileCheck {

    private static final String SAVE_AGAIN = "Save the adapter again with PEFT's save_pretrained, and send that.";

    private final ObjectStore store;
    private final BaseModelHeaders models;

    UploadCheck(
            UploadChecks checks,
            Blobs blobs,
            ObjectStore store,
            BaseModelHeaders models,
            ChildProcesses processes,
            UploadCheckConfig config) {
        super(checks, blobs, processes, config);
        this.store = store;
        this.models = models;
    }

    @Override
    public String kind() {
        return UploadChecks.JOB;
    }

    @Override
    public String title() {
        return "Checks of uploads";
    }

    @Override
    void examine(UUID upload, Map<String, String> files, CheckFolder folder) throws IOException {
        BaseModelCheck base = BaseModelCheck.of(folder.path(), models);
        CheckRequest request = new CheckRequest(
                folder.path().toString(), base.shapes().map(BaseShapes::tensors).orElse(null), base.whyNoBase());
        Optional<CheckResponse> response = ask(upload, program(config), request, CheckResponse.class, folder);
        if (response.isEmpty()) return;
        CheckResponse answer = response.get();
        requireUndamaged(files, answer.sha256());
        CheckReport checkup = answer.checkup();
        checkup = BaseCopyCheck.added(checkup, answer.copies(), base, models).and(List.of(base.result()));
        Optional<StagedFile> converted = answer.converted() ? Optional.of(stage(folder.path())) : Optional.empty();
        try (HeldBlobs held = blobs.publish(converted.stream().toList())) {
            checks.end(upload, files, checkup, converted);
        } finally {
            converted.ifPresent(staged -> store.delete(staged.key()));
        }
    }

    static ChildProgram program(UploadCheckConfig config) {
        return new ChildProgram(CheckMain.class, config.memory().asLongValue(), OptionalLong.empty());
    }

    @Override
    CheckFinding why(Reason reason, ChildProgram program, Duration deadline) {
        return switch (reason) {
            case MEMORY ->
                CheckFinding.error(
                        "check-memory",
                        "",
                        "Checking these files takes more than %s of memory, so the checks were stopped."
                                .formatted(Format.bytes(program.heap())),
                        SAVE_AGAIN
                                + " If it really is so large, ask an administrator to allow the checks more memory.");
            case TIME ->
                CheckFinding.error(
                        "check-time",
                        "",
                        "Checking these files takes more than %s of processor time, so the checks were stopped."
                                .formatted(words(deadline)),
                        SAVE_AGAIN + " If it really is so large, ask an administrator to allow the checks more time.");
            default ->
                CheckFinding.error(
                        "check-crash",
                        "",
                        "The checks can't read these files: they failed every time.",
                        SAVE_AGAIN + " If they fail again, tell an administrator.");
        };
    }

    private StagedFile stage(Path folder) {
        try (InputStream in = Files.newInputStream(folder.resolve(AdapterFolder.WEIGHTS.get(0)))) {
            return store.stage(in, Long.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
