package io.lorahub.upload.page;

import io.lorahub.adapter.AdapterFacts;
import io.lorahub.engine.lora.config.BaseModelTwins;
import io.lorahub.upload.Draft;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.lorahub.upload.check.CheckList;
import java.util.List;

/**
 * The contents of an upload's page.
 *
 * @param facts null until the files could be read
 * @param publishers names under which the member can publish
 * @param adapters addresses of the adapters that can get it as a new version
 * @param models names of registered base models
 * @param nextLabel the proposed version label
 * @param preview the description to preview; null for none
 */
public record DraftPageModel(
        Upload upload,
        CheckList checks,
        AdapterFacts facts,
        DraftForm form,
        List<String> publishers,
        List<String> adapters,
        List<String> models,
        String nextLabel,
        String preview) {

    /** A step on the way to a published adapter. */
    public record Step(String title, boolean done, boolean current, String note) {}

    public String path() {
        return "/uploads/" + upload.id;
    }

    public String previewPath() {
        return path() + "/preview";
    }

    public String heading() {
        if (upload.isMix()) return form.title;
        return upload.folder.isEmpty() ? "Upload of " + upload.person.name : upload.folder;
    }

    public boolean isChecking() {
        return upload.getState() == UploadState.CHECKING;
    }

    public boolean isPassed() {
        return upload.getState() == UploadState.PASSED;
    }

    public boolean isReceiving() {
        return upload.getState() == UploadState.RECEIVING;
    }

    /** The address of the adapter that it was to be a version of, if that has been deleted since; otherwise empty. */
    public String gone() {
        return Draft.goneTarget(upload).orElse("");
    }

    /** Whether the card can be edited, which requires that the files have been read. */
    public boolean hasCard() {
        return isPassed() || upload.getState() == UploadState.FAILED;
    }

    /** Whether the member can name a different base model from the one in the files. */
    public boolean mayNameBase() {
        return !upload.isMix()
                && hasCard()
                && (checks.hasFinding("base-model-unnamed") || checks.hasFinding("base-model-unknown"));
    }

    /**
     * The initial base model: the registered one that looks like the one in the files, else the name in the files,
     * unless nobody else could use it.
     */
    public String baseTyped() {
        if (facts == null || checks.hasFinding("base-model-unnamed")) return "";
        String named = facts.baseModel().orElse("");
        return BaseModelTwins.of(named, models).orElse(named);
    }

    /** Whether the checks can be repeated with the existing files. */
    public boolean mayCheckAgain() {
        return upload.getState() == UploadState.FAILED && !upload.hashes().isEmpty();
    }

    /** Title for {@link Upload#failure}. */
    public String failureTitle() {
        return checks.isEmpty() ? "The checks could not run." : "It could not be published.";
    }

    /** The future address, {@code publisher/name}. */
    public String destination() {
        return upload.publisher.name + "/" + form.name;
    }

    public List<Step> steps() {
        String faults = upload.getState() != UploadState.FAILED
                ? ""
                : checks.failed() == 0 ? "to be looked at" : checks.failed() + " to fix";
        return List.of(
                new Step("Files", !isReceiving(), isReceiving(), ""),
                new Step("Checks", isPassed(), !isReceiving() && !isPassed(), faults),
                new Step("Card", false, isPassed(), ""),
                new Step("Publish", false, false, ""));
    }

    /** Why it cannot be published yet; empty if it can. */
    public String whyNot() {
        return switch (upload.getState()) {
            case RECEIVING -> "You can publish once all files are here and have passed their checks.";
            case CHECKING -> "You can publish once the checks have passed.";
            case FAILED -> "You can publish once the checks have passed. Fix what they found first.";
            case PASSED, PUBLISHED, CANCELLED -> "";
        };
    }
}
