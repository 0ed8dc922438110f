package io.lorahub.doctor;

import io.lorahub.adapter.Checkup;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.storage.Blobs;
import io.lorahub.storage.ObjectStore;
import io.lorahub.storage.Staged;
import io.lorahub.upload.UploadChecks;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Checks one upload by the same code as {@code lorahub inspect}, and what only a hub can check. */
@ApplicationScoped
public class Examination {

    private final UploadChecks checks;
    private final Blobs blobs;
    private final ObjectStore store;
    private final BaseModelShelf models;

    Examination(UploadChecks checks, Blobs blobs, ObjectStore store, BaseModelShelf models) {
        this.checks = checks;
        this.blobs = blobs;
        this.store = store;
        this.models = models;
    }

    /** Does nothing if it does not wait for its checks any more. No transaction lasts as long as the files are read. */
    void of(UUID upload) {
        Optional<Map<String, String>> files = checks.begin(upload);
        if (files.isEmpty()) return;
        try (FolderOfFiles folder = FolderOfFiles.of(files.get(), blobs)) {
            Optional<Staged> converted = Conversion.in(folder.path()).map(this::stage);
            boolean ended = false;
            try {
                checks.end(upload, files.get(), checkup(folder.path(), converted), converted);
                ended = true;
            } finally {
                if (!ended) converted.ifPresent(staged -> store.delete(staged.key()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Checkup checkup(Path folder, Optional<Staged> converted) {
        BaseModelCheck base = BaseModelCheck.of(folder, models);
        List<CheckResult> more = new ArrayList<>();
        more.add(base.result());
        if (converted.isPresent()) more.add(Conversion.result(true));
        return Checkup.of(folder, base.shapes().map(shapes -> shapes), base.whyNoBase())
                .and(more);
    }

    private Staged stage(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return store.stage(in, Long.MAX_VALUE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
