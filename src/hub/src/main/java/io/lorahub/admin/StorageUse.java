package io.lorahub.admin;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Storage used, by purpose. */
@ApplicationScoped
public class StorageUse {

    /** Contents that serve several purposes are counted under the first matching one. */
    private static final String BY_USE = """
            select case
                     when exists (select from version_file f where f.sha256 = b.sha256) then 'adapters'
                     when exists (select from base_model_file f where f.sha256 = b.sha256) then 'base models'
                     when exists (select from composition_file f where f.sha256 = b.sha256)
                       or exists (select from worker_task_file f where f.sha256 = b.sha256) then 'runs'
                     when exists (select from blob_hold h where h.sha256 = b.sha256) then 'being stored'
                     when exists (select from upload_file f where f.sha256 = b.sha256) then 'unfinished uploads'
                     else 'unused, to be removed' end as use,
                   count(*), coalesce(sum(b.size), 0)::bigint
              from blob b group by 1 order by 1""";

    private final EntityManager database;

    StorageUse(EntityManager database) {
        this.database = database;
    }

    /**
     * @param label purpose of the contents
     * @param count number of contents
     * @param bytes size of the contents in bytes
     */
    @Schema(name = "StorageRow")
    public record Row(String label, long count, long bytes) {}

    @SuppressWarnings("unchecked")
    public List<Row> rows() {
        List<Object[]> rows = database.createNativeQuery(BY_USE, Object[].class).getResultList();
        return rows.stream()
                .map(row -> new Row((String) row[0], ((Number) row[1]).longValue(), ((Number) row[2]).longValue()))
                .toList();
    }
}
