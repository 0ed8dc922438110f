package io.lorahub.upload.readme;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.upload.Draft;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.FilePath;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.lorahub.upload.UploadLimits;
import io.lorahub.web.FieldError;
import io.lorahub.web.budget.RequestBudget;
import io.lorahub.web.budget.RequestBudgets;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The READMEs of uploads, which prefill the cards of new adapters. */
@ApplicationScoped
public class Readmes {

    /**
     * Id of the check that reports what the card does not take from the README. It concerns the upload, not the
     * adapter.
     */
    public static final String CHECK = "readme";

    private static final String TITLE = "The README fills in the card";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ObjectStore store;
    private final RequestBudgets budgets;

    Readmes(ObjectStore store, RequestBudgets budgets) {
        this.store = store;
        this.budgets = budgets;
    }

    /**
     * The part of a README that is stored.
     *
     * @param lost what does not fit on a card
     */
    private record Kept(JsonNode draft, List<FieldError> lost) {}

    /**
     * The card from a README, or the parts from a recipe, to be stored with the file; null for other files. Reads the
     * object, so no transaction should be open.
     *
     * @param key of the object
     */
    public JsonNode read(String name, String key) {
        if (!name.equals(FilePath.README) && !name.equals(FilePath.RECIPE)) return null;
        try (InputStream in = store.open(key, 0, UploadLimits.TEXT_BYTES)) {
            if (name.equals(FilePath.RECIPE)) return recipe(in.readAllBytes());
            Readme readme = Readme.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            return JSON.valueToTree(
                    new Kept(readme.draft().json(), readme.card().lost()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode recipe(byte[] file) {
        RequestBudget budget = budgets.current();
        return budget.compute(() -> SentRecipe.read(file, budget)).json();
    }

    /** The card from the README; empty if there is none, or it is too large. */
    public Draft draft(Upload upload) {
        return kept(upload).map(kept -> Draft.read(kept.draft)).orElse(Draft.EMPTY);
    }

    private Optional<Kept> kept(Upload upload) {
        return upload.file(FilePath.README)
                .filter(file -> file.sha256 != null)
                .map(file -> file.card != null ? file.card : read(file.name, ObjectKey.blob(file.sha256)))
                .map(json -> JSON.convertValue(json, Kept.class));
    }

    /** What the card does not take from the README. */
    public List<FieldError> lost(Upload upload) {
        return kept(upload).map(Kept::lost).orElse(List.of());
    }

    /** Reports what does not fit on the card; no check at all if there is no README to take the card from. */
    public List<CheckResult> check(Upload upload) {
        Optional<UploadFile> file = upload.file(FilePath.README);
        if (upload.adapter != null || file.isEmpty()) return List.of();
        List<CheckFinding> lost = file.get().kind == FileKind.IGNORED
                ? List.of(tooLarge(file.get().size))
                : kept(upload).stream()
                        .flatMap(kept -> kept.lost.stream())
                        .map(cause -> CheckFinding.warning(
                                "readme-" + cause.field().toLowerCase(Locale.ROOT),
                                FilePath.README,
                                cause.message(),
                                ""))
                        .toList();
        return List.of(CheckResult.of(CHECK, TITLE, lost));
    }

    private static CheckFinding tooLarge(long size) {
        return CheckFinding.warning(
                "readme-size",
                FilePath.README,
                "README.md has %,d bytes, more than the limit of %,d, so it is left out."
                        .formatted(size, UploadLimits.TEXT_BYTES),
                "Send a shorter one, or write the card by hand.");
    }
}
