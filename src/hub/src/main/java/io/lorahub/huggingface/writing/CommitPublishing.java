package io.lorahub.huggingface.writing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.adapter.publication.PublishingRules;
import io.lorahub.adapter.repository.Tree;
import io.lorahub.engine.lora.config.BaseModelTwins;
import io.lorahub.huggingface.Commit;
import io.lorahub.huggingface.HubRepository;
import io.lorahub.huggingface.VersionCommits;
import io.lorahub.upload.Draft;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadTarget;
import io.lorahub.upload.Uploads;
import io.lorahub.upload.publication.UploadPublishing;
import io.lorahub.upload.transfer.StoredUploads;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/** Has the adapter of a commit checked and publishes it, while the client waits. */
@ApplicationScoped
class CommitPublishing {

    /** For READMEs that name none; the page then says that the author has not chosen one from the list. */
    private static final String NO_LICENCE = "other";

    private static final List<String> OF_ADAPTER =
            List.of("adapter_config.json", "adapter_model.safetensors", "adapter_model.bin", VersionCommits.README);

    private final StoredUploads stored;
    private final Uploads uploads;
    private final UploadPublishing publishing;
    private final CheckWaits checks;

    CommitPublishing(StoredUploads stored, Uploads uploads, UploadPublishing publishing, CheckWaits checks) {
        this.stored = stored;
        this.uploads = uploads;
        this.publishing = publishing;
        this.checks = checks;
    }

    /**
     * @param card what README.md says
     * @param commit makes the commit of the version, in the transaction that publishes it
     * @param left ends when the client leaves
     * @return the commit; or a {@link ProblemException} with all findings, if the checks or the rules for publishing refuse
     *     it. Both on a worker thread
     */
    Uni<Commit> publish(
            HubRepository repository,
            Tree tree,
            Draft card,
            CommitRequest request,
            Function<AdapterVersion, Commit> commit,
            Uni<Void> left) {
        String[] address = repository.id().split("/", 2);
        boolean isNew = repository.adapter().isEmpty();
        Map<String, StoredUploads.Content> files = new TreeMap<>();
        for (String name : OF_ADAPTER) {
            tree.file(name)
                    .filter(file -> !name.endsWith(".bin") || !files.containsKey("adapter_model.safetensors"))
                    .ifPresent(file -> files.put(name, new StoredUploads.Content(file.sha256(), file.size())));
        }
        UUID id = stored.check(
                isNew ? new UploadTarget(address[0], null, address[1]) : new UploadTarget(null, repository.id()),
                files);
        return checks.checked(id, left)
                .map(checked -> {
                    if (!isNew) requireSameBase(id, repository.adapter().get());
                    return publishing.publish(
                            id, isNew ? complete(card, address[1], repository) : said(card, request), commit);
                })
                .onFailure(ProblemException.class)
                .transform(e -> forClients((ProblemException) e, repository.id()))
                .onFailure()
                .invoke(() -> cancel(id));
    }

    /** Without the rights of the member, whose request has ended if the client has left. */
    private void cancel(UUID id) {
        QuarkusTransaction.requiringNew().run(() -> Upload.locked(id).ifPresent(uploads::cancel));
    }

    private static ProblemException forClients(ProblemException e, String repository) {
        return e.causes().isEmpty() ? e : ProblemException.invalid(forClients(e.causes(), repository));
    }

    /** A version for another base model would be loaded wrongly by everybody who follows the name. */
    private static void requireSameBase(UUID id, Adapter adapter) {
        QuarkusTransaction.requiringNew().run(() -> {
            Upload upload = Upload.findById(id);
            if (upload.facts == null) return; // the checks have failed
            String other = new AdapterFacts(upload.facts).baseModel().orElse(adapter.baseModel);
            if (!other.equals(adapter.baseModel) && !BaseModelTwins.areTwins(other, adapter.baseModel)) {
                throw ProblemException.invalid(
                        "files",
                        "%s is an adapter for %s, but adapter_config.json names %s. Commit it to a new repository, or correct base_model_name_or_path."
                                .formatted(adapter.address(), adapter.baseModel, other));
            }
        });
    }

    /** Clients have neither the upload's page nor a form that says which choice there is instead. */
    private static List<FieldError> forClients(List<FieldError> causes, String id) {
        String how =
                " Make it private first: hf repos settings %s --private, or update_repo_settings(\"%s\", private=True)."
                        .formatted(id, id);
        return causes.stream()
                .map(cause -> new FieldError(
                        cause.field(),
                        cause.field().equals("visibility")
                                ? cause.message() + how
                                : cause.message().replace(CheckReport.OR_CHOOSE_BASE_MODEL, "")))
                .toList();
    }

    /** A new version keeps the adapter's card, except for what README.md says. */
    private static Draft said(Draft card, CommitRequest request) {
        String notes = request.message().isBlank() ? request.title() : request.message();
        return card.over(Draft.read(JsonNodeFactory.instance
                .objectNode()
                .put("notes", notes.substring(0, Math.min(PublishingRules.LONGEST_NOTES, notes.length())))));
    }

    /** Stock clients send READMEs without a title and a licence. */
    private static Draft complete(Draft card, String name, HubRepository repository) {
        return card.over(Draft.read(JsonNodeFactory.instance
                .objectNode()
                .put("name", name)
                .put("title", name)
                .put("licence", NO_LICENCE)
                .put("derivatives", card.licence() != null)
                .put("visibility", repository.isPrivate() ? "private" : "public")));
    }
}
