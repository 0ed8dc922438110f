package io.lorahub.upload;

import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.Licence;
import java.util.Arrays;
import java.util.List;

/**
 * What the page of an upload shows.
 *
 * @param facts      null until the files could be read
 * @param publishers names under which the member may publish
 * @param adapters   addresses of those to which it can be added as a version
 * @param models     names of registered base models
 * @param nextLabel  to propose
 * @param preview    the description to show as it will be; null for none
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

    /** A step of the way to a published adapter. */
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

    /** The address of the adapter of which it was to be a version, if that was deleted since; else empty. */
    public String gone() {
        return Draft.goneTarget(upload).orElse("");
    }

    /** Whether the card can be written: the files were looked at. */
    public boolean hasCard() {
        return isPassed() || upload.getState() == UploadState.FAILED;
    }

    /** Whether the base model may be another one than the files say. */
    public boolean mayNameBase() {
        return !upload.isMix()
                && hasCard()
                && (checks.found("base-model-unnamed") || checks.found("base-model-unknown"));
    }

    /** The name to begin with: that of the files, unless it is none that anybody could use. */
    public String baseTyped() {
        return facts == null || checks.found("base-model-unnamed")
                ? ""
                : facts.baseModel().orElse("");
    }

    /** Whether the checks can be done once more with the files that are there. */
    public boolean mayCheckAgain() {
        return upload.getState() == UploadState.FAILED && !upload.hashes().isEmpty();
    }

    /** What {@link Upload#failure} is about. */
    public String failureTitle() {
        return checks.isEmpty() ? "The checks could not be done." : "It could not be published.";
    }

    /** Where it will be, {@code publisher/name}. */
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

    public List<Licence.Family> families() {
        return Arrays.asList(Licence.Family.values());
    }

    /** Why it cannot be published yet; empty if it can. */
    public String whyNot() {
        return switch (upload.getState()) {
            case RECEIVING -> "Publishing is possible when all files are here and passed their checks.";
            case CHECKING -> "Publishing is possible when the checks have passed.";
            case FAILED -> "Publishing is possible when the checks have passed; mend what they found first.";
            case PASSED, PUBLISHED, CANCELLED -> "";
        };
    }
}
