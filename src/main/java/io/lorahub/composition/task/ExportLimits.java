package io.lorahub.composition.task;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunOwner;
import io.lorahub.storage.directory.FreeSpace;
import io.lorahub.upload.MemberStorage;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.Collection;
import java.util.List;

/**
 * Storage for files that are made on request. They count to whoever asked for them until they are swept; all visitors
 * together have as much storage as one member. Exact in a transaction that holds {@code RunOwner.lock()}.
 */
@ApplicationScoped
class ExportLimits {

    /** Factors are written as float32, and may have been half as wide. */
    private static final int WIDENED = 2;

    /** A rank that a program accepts is at most about twice the adapter's, save for the smallest ones. */
    private static final int PADDED = 2;

    private final MemberStorage stored;
    private final FreeSpace space;
    private final EntityManager database;
    private final ObjectMapper json;

    ExportLimits(MemberStorage stored, FreeSpace space, EntityManager database, ObjectMapper json) {
        this.stored = stored;
        this.space = space;
        this.database = database;
        this.json = json;
    }

    /** @throws ProblemException if the files, and those that are not made yet, have no room */
    void require(RunOwner asker, TaskRequest question) {
        long bytes = bytes(question) + underWay(asker);
        if (space.isShort(bytes)) throw ProblemException.insufficientStorage(FreeSpace.REFUSAL);
        asker.person()
                .ifPresentOrElse(
                        person -> stored.requireRoom(person, bytes), () -> stored.requireRoomOfVisitors(bytes));
    }

    private long underWay(RunOwner asker) {
        List<WorkerTask> open = asker.person().isPresent()
                ? WorkerTask.list(
                        "person = ?1 and " + TaskLimits.OPEN, asker.person().get())
                : WorkerTask.list("person is null and " + TaskLimits.OPEN);
        return open.stream()
                .map(task -> json.convertValue(task.question, TaskRequest.class))
                .mapToLong(this::bytes)
                .sum();
    }

    /** About the most that the files can have; 0 if none are made. */
    private long bytes(TaskRequest question) {
        if (question instanceof TaskRequest.Export export) {
            CompositionRun run = CompositionRun.findById(export.run());
            if (run == null) return 0;
            return size(export.isFused() ? run.baseModel.files.values() : run.files.values());
        }
        if (question instanceof TaskRequest.Convert convert) return WIDENED * PADDED * size(files(convert));
        if (question instanceof TaskRequest.Merge merge) {
            List<String> hashes = AdapterVersion.<AdapterVersion>list("id in ?1", merge.versions()).stream()
                    .flatMap(version -> version.files.values().stream())
                    .toList();
            return WIDENED * size(hashes);
        }
        return 0;
    }

    private static Collection<String> files(TaskRequest.Convert convert) {
        if (convert.run() != null) {
            CompositionRun run = CompositionRun.findById(convert.run());
            return run == null ? List.of() : run.files.values();
        }
        AdapterVersion version = AdapterVersion.findById(convert.version());
        return version == null ? List.of() : version.files.values();
    }

    private long size(Collection<String> hashes) {
        if (hashes.isEmpty()) return 0;
        return ((Number) database.createNativeQuery("select coalesce(sum(size), 0) from blob where sha256 in (:hashes)")
                        .setParameter("hashes", hashes)
                        .getSingleResult())
                .longValue();
    }
}
