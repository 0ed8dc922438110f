package io.lorahub.imports;

import io.lorahub.imports.state.FetchedFile;
import io.lorahub.storage.Blobs;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Contents that need not be fetched, because the member has them here: in uploads, in versions that they published, or in
 * the adapter that gets a new version. Contents of others don't count, as the other hub could name private ones.
 */
@ApplicationScoped
class KnownContents {

    private static final String MINE = """
            select b.sha256, b.size from blob b where b.sha256 in (:hashes) and (
              exists (select from upload_file f join upload u on u.id = f.upload_id
                where f.sha256 = b.sha256 and u.person_id = :person)
              or exists (select from version_file f join adapter_version v on v.id = f.version_id
                where f.sha256 = b.sha256 and (v.published_by = :person or v.adapter_id = :adapter)))""";

    private final EntityManager database;
    private final Blobs blobs;

    KnownContents(EntityManager database, Blobs blobs) {
        this.database = database;
        this.blobs = blobs;
    }

    /**
     * SHA-256 of the files whose content is here, by name, in the caller's transaction.
     *
     * @param adapter id of the adapter that gets a new version; null for a new one
     */
    Map<String, String> of(AdapterImport entry, List<FetchedFile> files, Long adapter) {
        Map<String, String> earlier = earlier(entry);
        Map<String, String> hashes = new HashMap<>();
        for (FetchedFile file : files) {
            String sha256 = file.sha256() != null ? file.sha256() : earlier.get(file.etag());
            if (sha256 != null) hashes.put(file.name(), sha256);
        }
        if (hashes.isEmpty()) return hashes;
        Map<String, Long> mine = mine(entry.person.id, adapter, new HashSet<>(hashes.values()));
        Map<String, Long> sizes = files.stream().collect(Collectors.toMap(FetchedFile::name, FetchedFile::size));
        hashes.entrySet().removeIf(file -> !sizes.get(file.getKey()).equals(mine.get(file.getValue())));
        return hashes;
    }

    /** SHA-256 by the other hub's id of the content, from earlier imports of the same repository. */
    private static Map<String, String> earlier(AdapterImport entry) {
        Map<String, String> hashes = new HashMap<>();
        for (AdapterImport before : entry.earlier()) {
            for (FetchedFile file : before.files) {
                if (file.sha256() != null && !file.etag().isEmpty()) hashes.putIfAbsent(file.etag(), file.sha256());
            }
        }
        return hashes;
    }

    private Map<String, Long> mine(Long person, Long adapter, Set<String> hashes) {
        List<Object[]> rows = database.createNativeQuery(MINE, Object[].class)
                .setParameter("hashes", hashes)
                .setParameter("person", person)
                .setParameter("adapter", adapter == null ? -1L : adapter)
                .getResultList();
        return rows.stream()
                .filter(row -> blobs.areUsable(List.of((String) row[0])))
                .collect(Collectors.toMap(row -> (String) row[0], row -> ((Number) row[1]).longValue()));
    }
}
