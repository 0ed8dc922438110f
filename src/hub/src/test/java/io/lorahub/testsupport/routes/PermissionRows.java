package io.lorahub.testsupport.routes;

import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.repository.RepositoryCommit;
import io.lorahub.adapter.repository.Tree;
import io.lorahub.adapter.repository.TreeFile;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.queue.WorkerRecord;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.notice.Notice;
import io.lorahub.organisation.OrganisationIdentity;
import io.lorahub.storage.Blob;
import io.lorahub.upload.FileKind;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadFile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Writes the rows that {@link PermissionThings} refers to; each method returns what takes the place of a placeholder. */
final class PermissionRows {

    private static final String FILE = PermissionThings.FILE;

    private PermissionRows() {}

    static Map<String, String> run(String of, Person owner, CompositionRun finished) {
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
        task.question = new TaskRequest.Export(run.id, 2);
        task.answer = new TaskResult.Export(2, 0.5, 1);
        task.state = WorkerTask.State.ANSWERED;
        // Long ago, because requests per minute are limited.
        task.createdAt = Instant.now().minus(Duration.ofHours(1));
        task.expiresAt = Instant.now().plus(Duration.ofHours(1));
        task.files = new TreeMap<>(finished.files);
        task.persist();
        return Map.of("run", run.id.toString(), "task", task.id.toString());
    }

    /**
     * A repository without an adapter, with a file of the run.
     *
     * @param of its visibility, or "taken down"
     */
    static String repository(String of, Person owner, CompositionRun finished) {
        Repository repository = new Repository();
        repository.publisher = Publisher.named(owner.name).orElseThrow();
        repository.name = "r" + UUID.randomUUID();
        repository.visibility = of.equals("private") ? Visibility.PRIVATE : Visibility.PUBLIC;
        if (of.equals("taken down")) {
            repository.state = AdapterState.TAKEN_DOWN;
            repository.stateReason = "It is no adapter.";
        }
        repository.persistAndFlush();
        String sha256 = finished.files.get(FILE);
        TreeFile file = TreeFile.lfs(FILE, Blob.<Blob>findById(sha256).size, sha256);
        Person author = Person.findById(owner.id);
        RepositoryCommit.append(repository, Tree.EMPTY, "Create it", "", author, Instant.now(), null);
        RepositoryCommit.append(repository, Tree.of(List.of(file)), "Send it", "", author, Instant.now(), null);
        return repository.name;
    }

    /** An address for a file of two bytes, or for pieces of several. */
    static String transfer(String path, Person owner) {
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

    static String upload(Person owner) {
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

    static String adapterImport(Person owner) {
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

    static String baseModelImport(Person owner) {
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

    static String merge(Person owner) {
        WorkerTask task = new WorkerTask();
        task.id = UUID.randomUUID();
        task.person = Person.findById(owner.id);
        task.question = new TaskRequest.Merge("t5", List.of(), "cat", null, null, null, null);
        task.state = WorkerTask.State.FAILED;
        task.failure = "The adapters were deleted.";
        task.createdAt = Instant.now();
        task.expiresAt = task.createdAt.plusSeconds(3600);
        task.persist();
        return task.id.toString();
    }

    static String notice(Person owner) {
        Notice notice = new Notice();
        notice.personId = owner.id;
        notice.title = "Something happened";
        notice.persist();
        return notice.id.toString();
    }

    static String identity(Person owner) {
        OrganisationIdentity identity = new OrganisationIdentity();
        identity.person = Person.findById(owner.id);
        identity.issuer = "https://sign-in.example";
        identity.subject = UUID.randomUUID().toString();
        identity.label = "someone";
        identity.persist();
        return identity.id.toString();
    }

    static String model() {
        BaseModelRecord entry = new BaseModelRecord();
        entry.name = "somebody/" + UUID.randomUUID();
        entry.modelType = "t5";
        entry.parameters = 1;
        entry.bytes = 4;
        entry.persist();
        return entry.name;
    }

    static String registration() {
        String name = "somebody/" + UUID.randomUUID();
        Upload.getEntityManager()
                .createNativeQuery(
                        "insert into upload (id, batch_id, state, base_model) values (?1, ?1, 'CHECKING', ?2)")
                .setParameter(1, UUID.randomUUID())
                .setParameter(2, name)
                .executeUpdate();
        return name;
    }

    static String modelFile(String model, CompositionRun finished) {
        BaseModelRecord.named(model).orElseThrow().files =
                new TreeMap<>(Map.of("config.json", finished.files.get(FILE)));
        return "config.json";
    }

    static String worker() {
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
