package io.lorahub.upload;

import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.Finding;
import io.lorahub.storage.Blobs;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The READMEs that came with uploads: they fill the cards of new adapters. */
@ApplicationScoped
class Readmes {

    /** Of the check that says what of it the card does not take; it is about the upload, not about the adapter. */
    static final String CHECK = "readme";

    private static final String TITLE = "The card takes what the README says";

    private final Blobs blobs;

    Readmes(Blobs blobs) {
        this.blobs = blobs;
    }

    /** Empty where none came, or one that is too large. */
    Optional<Readme> of(Upload upload) {
        return upload.file(SentName.README).filter(file -> file.sha256 != null).map(file -> {
            try (InputStream in = blobs.open(file.sha256, 0, UploadLimits.TEXT_BYTES)) {
                return Readme.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** What of it is lost; no check at all where there is no README to take the card from. */
    List<CheckResult> check(Upload upload) {
        Optional<UploadFile> file = upload.file(SentName.README);
        if (upload.adapter != null || file.isEmpty()) return List.of();
        List<Finding> lost = file.get().kind == FileKind.IGNORED
                ? List.of(tooLarge(file.get().size))
                : of(upload).map(Readme::card).stream()
                        .flatMap(card -> card.lost().stream())
                        .map(cause -> Finding.warning(
                                "readme-" + cause.field().toLowerCase(Locale.ROOT),
                                SentName.README,
                                cause.message(),
                                ""))
                        .toList();
        return List.of(CheckResult.of(CHECK, TITLE, lost));
    }

    private static Finding tooLarge(long size) {
        return Finding.warning(
                "readme-size",
                SentName.README,
                "README.md has %,d bytes and is left out, as at most %,d are taken."
                        .formatted(size, UploadLimits.TEXT_BYTES),
                "Send a shorter one, or write the card by hand.");
    }
}
