package io.lorahub.composition.task;

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
 * Storage for files that are made from results. They count to whoever asked for them until they are swept; all visitors
 * together have as much storage as one member. Exact in a transaction that holds {@code RunOwner.lock()}.
 */
@ApplicationScoped
class ExportLimits {

    private final MemberStorage stored;
    private final FreeSpace space;
    private final EntityManager database;

    ExportLimits(MemberStorage stored, FreeSpace space, EntityManager database) {
        this.stored = stored;
        this.space = space;
        this.database = database;
    }

    /** @throws ProblemException if the export's files, and those of exports that are not made yet, have no room */
    void require(RunOwner asker, CompositionRun run, boolean fused) {
        long bytes = bytes(run, fused) + underWay(asker);
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
                .filter(task ->
                        task.run != null && task.question.path("kind").asText().equals("export"))
                .mapToLong(task -> bytes(task.run, task.question.path("rank").asInt() == 0))
                .sum();
    }

    /** The most that the files can have: those of the base model, or of the adapter before it is compressed. */
    private long bytes(CompositionRun run, boolean fused) {
        return size(fused ? run.baseModel.files.values() : run.files.values());
    }

    private long size(Collection<String> hashes) {
        return ((Number) database.createNativeQuery("select coalesce(sum(size), 0) from blob where sha256 in (:hashes)")
                        .setParameter("hashes", hashes)
                        .getSingleResult())
                .longValue();
    }
}
