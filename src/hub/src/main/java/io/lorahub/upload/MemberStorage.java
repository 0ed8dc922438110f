package io.lorahub.upload;

import io.lorahub.account.Person;
import io.lorahub.adapter.CardChangeEvent;
import io.lorahub.web.Format;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.persistence.EntityManager;
import jakarta.persistence.Query;
import java.util.List;

/** Storage used by a member, in the caller's transaction. */
@ApplicationScoped
public class MemberStorage {

    /**
     * Counts each content once: uploads, published versions, files of runs and the files created from them; also parts
     * of files, and the lists of files of commits.
     */
    private static final String EACH = """
            select person, sum(bytes) as bytes from (
              select mine.person, b.size as bytes from blob b join (
                select u.person_id as person, f.sha256 from upload_file f join upload u on u.id = f.upload_id
                  where u.base_model is null
                union select v.published_by, f.sha256 from version_file f join adapter_version v on v.id = f.version_id
                union select r.person_id, r.sha256 from repository_blob r
                union select r.person_id, f.sha256 from composition_file f join composition_run r on r.id = f.run_id
                union select t.person_id, f.sha256 from worker_task_file f
                  join worker_task t on t.id = f.task_id) mine using (sha256)
              union all
              select u.person_id, p.size from upload_part p join upload_file f on f.id = p.file_id
                join upload u on u.id = f.upload_id where u.base_model is null
              union all
              select t.person_id, p.size from repository_transfer_part p
                join repository_transfer t on t.id = p.transfer_id
              union all
              select c.author_id, c.tree_bytes from repository_commit c) stored
            %s group by person""";

    private static final String OF_ONE = EACH.formatted("where person = :person");

    private static final String OF_VISITORS = """
            select null, sum(size) as bytes from blob where sha256 in (
              select f.sha256 from composition_file f join composition_run r on r.id = f.run_id where r.visitor is not null
              union all
              select f.sha256 from worker_task_file f join worker_task t on t.id = f.task_id where t.visitor is not null)
            having count(*) > 0""";

    private static final String LARGEST = "select p.name, s.bytes from (" + EACH.formatted("where person is not null")
            + ") s join person p on p.id = s.person order by s.bytes desc, p.name";

    private final EntityManager database;
    private final UploadConfig config;

    MemberStorage(EntityManager database, UploadConfig config) {
        this.database = database;
        this.config = config;
    }

    /** @param name of the member's account */
    public record Use(String name, long bytes) {}

    /** The members that use the most storage. */
    public List<Use> largest(int most) {
        List<Object[]> rows = database.createNativeQuery(LARGEST, Object[].class)
                .setMaxResults(most)
                .getResultList();
        return rows.stream()
                .map(row -> new Use((String) row[0], ((Number) row[1]).longValue()))
                .toList();
    }

    /** The storage that a member uses, and the limit. */
    Quota quota(Person person) {
        return new Quota(bytes(person), config.perMember().asLongValue());
    }

    /**
     * For operations that create files of unknown size.
     *
     * @throws ProblemException if nothing more can be stored
     */
    public void requireRoom(Person person) {
        Quota quota = quota(person);
        if (quota.used() >= quota.most()) throw quota.exceeded("");
    }

    void requireRoom(@Observes CardChangeEvent change) {
        requireRoom(change.author());
    }

    /** @throws ProblemException if this many bytes cannot be stored in addition */
    public void requireRoom(Person person, long bytes) {
        Quota quota = quota(person);
        if (quota.used() + bytes > quota.most()) {
            throw quota.exceeded(", and these would add " + Format.bytes(bytes));
        }
    }

    /** @throws ProblemException if this many bytes cannot be stored for visitors in addition to those of all of them */
    public void requireRoomOfVisitors(long bytes) {
        if (bytes(database.createNativeQuery(OF_VISITORS, Object[].class)) + bytes
                > config.perMember().asLongValue()) {
            throw ProblemException.insufficientStorage(
                    "Files made for visitors take all the room that this hub has for them. Try again in an hour, or sign in.");
        }
    }

    private long bytes(Person person) {
        return bytes(database.createNativeQuery(OF_ONE, Object[].class).setParameter("person", person.id));
    }

    private static long bytes(Query query) {
        List<?> rows = query.getResultList();
        return rows.isEmpty() ? 0 : ((Number) ((Object[]) rows.get(0))[1]).longValue();
    }
}
