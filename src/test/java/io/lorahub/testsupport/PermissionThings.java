package io.lorahub.testsupport;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.PersonSession;
import io.lorahub.account.Role;
import io.lorahub.account.settings.PasswordReset;
import io.lorahub.account.signin.FirstAdmin;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.Visibility;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.queue.WorkerRecord;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.notice.Notice;
import io.lorahub.organisation.OrganisationIdentity;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import io.restassured.specification.RequestSpecification;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** New things of a member for each request, in place of the placeholders of paths. */
@ApplicationScoped
public class PermissionThings {

    private static final String FILE = "recipe.json";
    private static final String FOLDER = "extra";

    private final Hub hub;
    private final PasswordReset reset;
    private final FirstAdmin firstAdmin;

    PermissionThings(Hub hub, PasswordReset reset, FirstAdmin firstAdmin) {
        this.hub = hub;
        this.reset = reset;
        this.firstAdmin = firstAdmin;
    }

    /**
     * The path with things of the owner in place of its placeholders.
     *
     * @param of as in the table
     * @param finished a run of which copies are made
     */
    @Transactional
    public String fill(String path, String of, Person owner, CompositionRun finished) {
        Map<String, String> values = new TreeMap<>(Map.of(
                "publisher", owner.name, "file", FILE, "part", "1", "prefix", "default", "hash", "0".repeat(64)));
        if (path.contains("{publisher}/{name}")) values.putAll(adapter(of, owner, finished));
        if (path.contains("{repository}")) values.putAll(repository(path, of, owner, finished));
        if (path.contains("{run}")) values.putAll(run(of, owner, finished));
        if (path.contains("{id}")) values.put("id", id(path, owner));
        if (path.contains("{model}")) values.put("model", model());
        if (path.contains("{model}/files")) values.put("file", modelFile(values.get("model"), finished));
        if (path.contains("{program}")) values.put("program", "peft");
        if (path.contains("{member}")) values.put("member", hub.person(Role.MEMBER).name);
        if (path.contains("{secret}")) values.put("secret", secret(path, owner));
        if (path.contains("/publishers/{name}")) values.put("name", owner.name);
        if (path.contains("/workers/{name}")) values.put("name", worker());
        if (path.contains("/files/{name}")) values.put("name", "adapter_config.json");
        String filled = path;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace("{" + value.getKey() + "}", value.getValue());
        }
        if (filled.contains("{")) throw new IllegalStateException("Nothing is known for a placeholder of " + filled);
        return filled;
    }

    /** The query or body that a request needs to refer to something; empty if none. */
    @Transactional
    public Map<String, Object> body(String path) {
        return switch (path) {
            case "/admin/base-models/remove" -> Map.of("name", model());
            case "/admin/workers/drain", "/admin/workers/undrain" -> Map.of("name", worker());
            case "/api/v1/uploads/{id}/files" ->
                Map.of("files", List.of(Map.of("name", "adapter_config.json", "size", 2)));
            case "/api/v1/moderation/cases/{publisher}/{name}/decisions" ->
                Map.of("action", "take-down", "reason", "It says nothing of its licence.", "edition", 0);
            // Answered at once: made already, and no number.
            case "/runs/{run}/result/export" -> Map.of("rank", 2);
            case "/runs/{run}/result/try" -> Map.of("w0", "a lot");
            default -> Map.of();
        };
    }

    /** With the minimal body that the route takes. */
    public RequestSpecification filled(RequestSpecification request, Route route) {
        if (route.method().equals("GET") || route.method().equals("HEAD")) return request;
        Map<String, Object> body = body(route.path());
        return switch (route.consumes()) {
            case MediaType.MULTIPART_FORM_DATA -> request.multiPart("nothing", "");
            case MediaType.APPLICATION_JSON ->
                request.contentType(route.consumes()).body(body);
            case MediaType.APPLICATION_FORM_URLENCODED ->
                request.contentType(route.consumes()).formParams(body);
            default ->
                request.contentType(route.consumes())
                        .header("Upload-Offset", 0)
                        .body("{}".getBytes(StandardCharsets.US_ASCII));
        };
    }

    private Map<String, String> adapter(String of, Person owner, CompositionRun finished) {
        Adapter adapter = hub.adapter(owner, of.equals("private") ? Visibility.PRIVATE : Visibility.PUBLIC);
        if (of.equals("taken down")) {
            adapter.state = AdapterState.TAKEN_DOWN;
            adapter.stateReason = "Its licence is not the one of its base model.";
        }
        adapter.newest().files =
                new TreeMap<>(Map.of(FILE, finished.files.get(FILE), FOLDER + "/" + FILE, finished.files.get(FILE)));
        return Map.of("name", adapter.name, "label", "1.0.0");
    }

    private Map<String, String> repository(String path, String of, Person owner, CompositionRun finished) {
        String name = adapter(of, owner, finished).get("name");
        String file = path.contains("/tree/") ? FOLDER : FILE;
        return Map.of("repository", owner.name + "/" + name, "revision", "main", "path", file, "branch", "none");
    }

    private Map<String, String> run(String of, Person owner, CompositionRun finished) {
        CompositionRun run = new CompositionRun();
        run.id = UUID.randomUUID();
        run.person = Person.findById(owner.id);
        run.title = finished.title;
        run.baseModel = BaseModelRecord.findById(finished.baseModel.id);
        run.spec = finished.spec;
        run.budget = finished.budget;
        run.spent = finished.spent;
        run.best = finished.best;
        run.predictions = finished.predictions;
        run.result = finished.result;
        run.state = finished.state;
        run.createdAt = finished.createdAt;
        run.queuedAt = finished.queuedAt;
        run.endedAt = finished.endedAt;
        run.files = new TreeMap<>(finished.files);
        run.candidates = new ArrayList<>(finished.candidates);
        run.shared = of.equals("shared");
        run.persist();
        WorkerTask task = new WorkerTask();
        task.id = UUID.randomUUID();
        task.person = run.person;
        task.run = run;
        task.question = JsonNodeFactory.instance
                .objectNode()
                .put("kind", "export")
                .put("run", run.id.toString())
                .put("rank", 2);
        task.answer = JsonNodeFactory.instance
                .objectNode()
                .put("kind", "export")
                .put("rank", 2)
                .put("relative_error", 0.5)
                .put("bytes", 1);
        task.state = WorkerTask.State.ANSWERED;
        // Long ago, because requests per minute are limited.
        task.createdAt = Instant.now().minus(Duration.ofHours(1));
        task.expiresAt = Instant.now().plus(Duration.ofHours(1));
        task.files = new TreeMap<>(finished.files);
        task.persist();
        return Map.of("run", run.id.toString(), "task", task.id.toString());
    }

    private String id(String path, Person owner) {
        if (path.startsWith("/api/lfs/") || path.startsWith("/api/xet/")) return transfer(path, owner);
        if (path.contains("/uploads/")) return upload(owner);
        if (path.contains("/base-model")) return baseModelImport(owner);
        if (path.contains("/imports/")) return adapterImport(owner);
        if (path.contains("/merge")) return merge(owner);
        if (path.contains("/inbox/") || path.contains("/notices/")) return notice(owner);
        if (path.contains("/organisation/")) return identity(owner);
        if (path.contains("/tokens/")) {
            hub.token(owner, AccessToken.Scope.READ);
            AccessToken token = AccessToken.find("person.id = ?1 order by id desc", owner.id)
                    .firstResult();
            return token.id.toString();
        }
        hub.session(owner);
        PersonSession session =
                PersonSession.find("person.id = ?1 order by id desc", owner.id).firstResult();
        return session.id.toString();
    }

    /** An address for a file of two bytes, or for pieces of several. */
    private String transfer(String path, Person owner) {
        UUID id = UUID.randomUUID();
        boolean pieces = path.startsWith("/api/xet/");
        Adapter.getEntityManager()
                .createNativeQuery("with made as (insert into repository (publisher_id, name)"
                        + " select id, ?2 from publisher where name = ?1 returning id)"
                        + " insert into repository_transfer (id, repository_id, person_id, sha256, size)"
                        + " select ?3, made.id, cast(?4 as bigint), nullif(?5, ''), nullif(?6, 0) from made")
                .setParameter(1, owner.name)
                .setParameter(2, "t" + id)
                .setParameter(3, id)
                .setParameter(4, owner.id)
                .setParameter(5, pieces ? "" : "0".repeat(64))
                .setParameter(6, pieces ? 0L : 2L)
                .executeUpdate();
        return id.toString();
    }

    private static String upload(Person owner) {
        Upload upload = new Upload();
        upload.person = Person.findById(owner.id);
        UploadFile file = new UploadFile();
        file.upload = upload;
        file.name = "adapter_config.json";
        file.kind = FileKind.KEPT;
        file.size = 2;
        upload.files.add(file);
        upload.persist();
        return upload.id.toString();
    }

    private static String adapterImport(Person owner) {
        UUID id = UUID.randomUUID();
        Upload.getEntityManager()
                .createNativeQuery("insert into adapter_import"
                        + " (id, person_id, hub, repository, revision, publish, state, ended_at)"
                        + " values (?1, ?2, 'https://hub.example', 'ada/past', 'main', false, 'CANCELLED', now())")
                .setParameter(1, id)
                .setParameter(2, owner.id)
                .executeUpdate();
        return id.toString();
    }

    private static String baseModelImport(Person owner) {
        UUID id = UUID.randomUUID();
        Upload.getEntityManager()
                .createNativeQuery(
                        "insert into base_model_import"
                                + " (id, person_id, hub, repository, revision, name, summary, state, ended_at)"
                                + " values (?1, ?2, 'https://hub.example', 'ada/base', 'main', 'ada/base', '', 'CANCELLED', now())")
                .setParameter(1, id)
                .setParameter(2, owner.id)
                .executeUpdate();
        return id.toString();
    }

    private static String merge(Person owner) {
        WorkerTask task = new WorkerTask();
        task.id = UUID.randomUUID();
        task.person = Person.findById(owner.id);
        task.question = JsonNodeFactory.instance
                .objectNode()
                .put("kind", "merge")
                .put("base_model", "t5")
                .put("method", "cat")
                .set("parts", JsonNodeFactory.instance.arrayNode());
        task.state = WorkerTask.State.FAILED;
        task.failure = "The adapters were deleted.";
        task.createdAt = Instant.now();
        task.expiresAt = task.createdAt.plusSeconds(3600);
        task.persist();
        return task.id.toString();
    }

    private static String notice(Person owner) {
        Notice notice = new Notice();
        notice.personId = owner.id;
        notice.title = "Something happened";
        notice.persist();
        return notice.id.toString();
    }

    private static String identity(Person owner) {
        OrganisationIdentity identity = new OrganisationIdentity();
        identity.person = Person.findById(owner.id);
        identity.issuer = "https://sign-in.example";
        identity.subject = UUID.randomUUID().toString();
        identity.label = "someone";
        identity.persist();
        return identity.id.toString();
    }

    private static String model() {
        BaseModelRecord entry = new BaseModelRecord();
        entry.name = "somebody/" + UUID.randomUUID();
        entry.modelType = "t5";
        entry.parameters = 1;
        entry.bytes = 4;
        entry.persist();
        return entry.name;
    }

    private static String modelFile(String model, CompositionRun finished) {
        BaseModelRecord.named(model).orElseThrow().files =
                new TreeMap<>(Map.of("config.json", finished.files.get(FILE)));
        return "config.json";
    }

    private String secret(String path, Person owner) {
        if (path.startsWith("/first-admin"))
            return firstAdmin.path().orElse("/first-admin/ended").substring(13);
        return reset.link(Person.findById(owner.id)).substring("/reset-password/".length());
    }

    private static String worker() {
        WorkerRecord worker = new WorkerRecord();
        worker.name = "worker-" + UUID.randomUUID();
        worker.device = "cpu";
        worker.cores = 1;
        worker.memory = 1;
        worker.version = "test";
        worker.slots = 1;
        worker.models = List.of();
        worker.startedAt = Instant.now();
        worker.seenAt = Instant.now();
        worker.persist();
        return worker.name;
    }
}
