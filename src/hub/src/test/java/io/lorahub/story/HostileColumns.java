package io.lorahub.story;

import java.util.List;
import java.util.stream.Stream;

/** Columns that never contain a member's free text, and why. */
final class HostileColumns {

    /** Words of ours, which members choose from or which the hub writes. */
    private static final List<String> CHOICES = List.of(
            "access_token.scope",
            "adapter.licence",
            "adapter.state",
            "adapter.visibility",
            "audit_entry.action",
            "base_model.model_type",
            "composition_note.text",
            "composition_run.failure",
            "composition_run.state",
            "composition_run.stop_request",
            "worker_task.failure",
            "worker_task.state",
            "decision.action",
            "generation.state",
            "notice.link",
            "one_time_link.purpose",
            "person.role",
            "report.category",
            "repository.state",
            "upload.failure",
            "upload.state",
            "upload_file.kind");

    /** Of a form that leaves no room for markup: names, labels, tags. */
    private static final List<String> FORMS = List.of(
            "adapter.base_model",
            "adapter.languages",
            "adapter.name",
            "adapter.tags",
            "adapter_version.label",
            "audit_entry.actor",
            "audit_entry.subject",
            "base_model.name",
            "base_model_file.name",
            "composition_candidate.address",
            "composition_candidate.label",
            "composition_file.name",
            "former_name.name",
            "worker_task_file.name",
            "person.name",
            "publisher.name",
            "retired_name.name",
            "sign_in_try.name",
            "taken_down_weights.address",
            "version_file.name");

    /** What is computed: hashes, secrets, numbers, drawings, what a model says. */
    private static final List<String> COMPUTED = List.of(
            "access_token.ending",
            "adapter_description.html",
            "adapter_description.source",
            "adapter_version.findings",
            "adapter_version.strip",
            "audit_entry.address",
            "base_model.continuation",
            "base_model_file.sha256",
            "blob.sha256",
            "blob_hold.sha256",
            "candidate_list.adapters",
            "composition_draft.network",
            "composition_draft.visitor",
            "composition_evaluation.example_gradients",
            "composition_evaluation.gradient",
            "composition_evaluation.token_losses",
            "composition_evaluation.weights",
            "composition_file.sha256",
            "composition_run.network",
            "composition_run.predictions",
            "composition_run.result",
            "composition_run.visitor",
            "worker_task.answer",
            "worker_task.network",
            "worker_task.visitor",
            "worker_task_file.sha256",
            "adapter_version.imported_from",
            "facet_change.adapters",
            "facet_change.entries",
            "facet_count.facet",
            "fingerprint.buckets",
            "generation.network",
            "generation.work",
            "generation_piece.events",
            "fingerprint.sha256",
            "idempotency_key.request_sha256",
            "listing.address",
            "listing.words",
            "person.password_hash",
            "second_factor.secret",
            "sign_in_try.source",
            "upload.base_model",
            "upload.check_interruption",
            "upload.imported_from",
            "upload.parts",
            "upload.source_folder",
            "upload_file.card",
            "upload_file.expected_sha256",
            "upload_file.sha256",
            "upload_part.object_key",
            "upload_part.sha256",
            "version_file.sha256",
            "visitor_start.network",
            "version_part.group_weights");

    /** What a sign-in provider says about a person. */
    private static final List<String> PROVIDER = List.of(
            "oidc_identity.issuer",
            "oidc_identity.label",
            "oidc_identity.subject",
            "organisation_arrival.display_name",
            "organisation_arrival.email",
            "organisation_arrival.issuer",
            "organisation_arrival.label",
            "organisation_arrival.subject");

    /**
     * Commits of repositories, which only the API shows, as JSON, and why one was taken down, in the template that shows it for an
     * adapter.
     */
    private static final List<String> REPOSITORIES = List.of(
            "repository.card_sha256",
            "repository.name",
            "repository.state_reason",
            "repository.visibility",
            "repository_blob.sha256",
            "taken_down_weights.sha256",
            "repository_commit.message",
            "repository_commit.oid",
            "repository_commit.parent",
            "repository_commit.title",
            "repository_commit.tree",
            "repository_ref.name",
            "repository_ref.oid",
            "repository_transfer.sha256",
            "repository_transfer_part.name",
            "repository_transfer_part.object_key",
            "repository_transfer_part.sha256");

    /** Imports, whose fields have a form or come from the hub; a card is shown on the page of its upload only. */
    private static final List<String> IMPORTS = List.of(
            "adapter_import.card",
            "adapter_import.commit_id",
            "adapter_import.failure",
            "adapter_import.files",
            "adapter_import.hub",
            "adapter_import.problem",
            "adapter_import.publisher",
            "adapter_import.repository",
            "adapter_import.revision",
            "adapter_import.state",
            "adapter_import.subfolder",
            "adapter_import.target",
            "adapter_import.token",
            "base_model_import.commit_id",
            "base_model_import.failure",
            "base_model_import.files",
            "base_model_import.hub",
            "base_model_import.licence",
            "base_model_import.name",
            "base_model_import.problem",
            "base_model_import.repository",
            "base_model_import.revision",
            "base_model_import.state",
            "base_model_import.summary",
            "base_model_import.token");

    /** Queues and workers. */
    private static final List<String> WORKERS = List.of(
            "composition_export_queue.picked_by",
            "composition_export_queue.task_instance",
            "composition_export_queue.task_name",
            "composition_queue.picked_by",
            "composition_queue.task_instance",
            "composition_queue.task_name",
            "composition_run.worker",
            "generation_queue.picked_by",
            "generation_queue.task_instance",
            "generation_queue.task_name",
            "import_queue.picked_by",
            "import_queue.task_instance",
            "import_queue.task_name",
            "worker_task_queue.picked_by",
            "worker_task_queue.task_instance",
            "worker_task_queue.task_name",
            "sweep_queue.picked_by",
            "sweep_queue.task_instance",
            "sweep_queue.task_name",
            "upload_check_queue.picked_by",
            "upload_check_queue.task_instance",
            "upload_check_queue.task_name",
            "worker.device",
            "worker.machine",
            "worker.models",
            "worker.name",
            "worker.no_room_for",
            "worker.shortage",
            "worker.version");

    static final List<String> OF_NO_MEMBER = Stream.of(
                    CHOICES, FORMS, COMPUTED, PROVIDER, REPOSITORIES, IMPORTS, WORKERS)
            .flatMap(List::stream)
            .sorted()
            .toList();

    private HostileColumns() {}
}
