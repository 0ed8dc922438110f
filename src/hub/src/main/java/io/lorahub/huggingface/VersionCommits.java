package io.lorahub.huggingface;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Adapters;
import io.lorahub.adapter.Repository;
import io.lorahub.adapter.repository.RepositoryCommit;
import io.lorahub.adapter.repository.Tree;
import io.lorahub.adapter.repository.TreeFile;
import io.lorahub.storage.Blobs;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Commits for versions and cards that were published or changed elsewhere: on the pages, in the API, by a run. They are
 * written when a client first asks, and stay as they are from then on.
 */
@ApplicationScoped
public class VersionCommits {

    public static final String README = "README.md";

    private final Adapters adapters;
    private final Blobs blobs;
    private final GitIds ids;

    VersionCommits(Adapters adapters, Blobs blobs, GitIds ids) {
        this.adapters = adapters;
        this.blobs = blobs;
        this.ids = ids;
    }

    /**
     * What has no commit yet.
     *
     * @param sizes  of the versions' files, by SHA-256
     * @param readme the repository's, or while it has no commit that which the newest version came with
     */
    private record Missing(
            boolean card, Map<String, Long> sizes, List<AdapterVersion> versions, Optional<TreeFile> readme) {

        boolean isNone() {
            return !card && versions.isEmpty();
        }
    }

    /** Appends the commits that are missing, if any. */
    void bringUpToDate(Long adapterId) {
        Missing missing = QuarkusTransaction.requiringNew().call(() -> missing(Adapter.findById(adapterId)));
        if (missing.isNone()) return;
        Map<String, List<TreeFile>> files = new HashMap<>();
        for (AdapterVersion version : missing.versions()) {
            files.put(version.label, files(version, missing.sizes()));
        }
        Map<String, Object> metadata = missing.readme().map(ids::metadata).orElse(Map.of());
        QuarkusTransaction.requiringNew().run(() -> append(Adapter.findById(adapterId), files, metadata));
    }

    private Missing missing(Adapter adapter) {
        if (adapter == null) return new Missing(false, Map.of(), List.of(), Optional.empty());
        Repository repository = Repository.of(adapter);
        Set<Long> known = committed(repository);
        boolean card = !cardSha256(adapter).equals(repository.cardSha256);
        List<AdapterVersion> versions = AdapterVersion.of(adapter).stream()
                .filter(version -> !known.contains(version.id))
                .toList();
        versions.forEach(version -> version.files.size()); // used after the transaction
        Map<String, Long> sizes = adapters.sizes(versions);
        return new Missing(card, sizes, versions, readme(repository, versions, sizes));
    }

    private static Optional<TreeFile> readme(
            Repository repository, List<AdapterVersion> newestFirst, Map<String, Long> sizes) {
        Optional<RepositoryCommit> head = RepositoryCommit.head(repository);
        if (head.isPresent()) return Tree.read(head.get().tree).file(README);
        return newestFirst.stream()
                .flatMap(version -> Stream.ofNullable(version.files.get(README)))
                .findFirst()
                .map(sha256 -> TreeFile.lfs(README, sizes.getOrDefault(sha256, 0L), sha256));
    }

    private static Set<Long> committed(Repository repository) {
        return new HashSet<>(RepositoryCommit.getEntityManager()
                .createQuery(
                        "select c.version.id from RepositoryCommit c where c.repository = ?1 and c.version is not null",
                        Long.class)
                .setParameter(1, repository)
                .getResultList());
    }

    /** Its README.md is left out: that of the repository is written from the card. */
    private List<TreeFile> files(AdapterVersion version, Map<String, Long> sizes) {
        List<TreeFile> files = new ArrayList<>();
        version.files.forEach((name, sha256) -> {
            if (!name.equals(README)) files.add(ids.file(name, sizes.getOrDefault(sha256, 0L), sha256));
        });
        return files;
    }

    /** @param metadata of the README before */
    private void append(Adapter adapter, Map<String, List<TreeFile>> files, Map<String, Object> metadata) {
        if (adapter == null) return;
        Repository repository = lock(adapter);
        Set<Long> known = committed(repository);
        String card = cardSha256(adapter);
        byte[] content = ModelCardText.of(adapter, metadata).getBytes(StandardCharsets.UTF_8);
        TreeFile readme = TreeFile.regular(README, content);
        blobs.publishInTransaction(content);
        boolean written = card.equals(repository.cardSha256);
        List<AdapterVersion> oldestFirst = new ArrayList<>(AdapterVersion.of(adapter));
        java.util.Collections.reverse(oldestFirst);
        for (AdapterVersion version : oldestFirst) {
            if (known.contains(version.id) || !files.containsKey(version.label)) continue;
            RepositoryCommit.append(
                    repository,
                    Tree.of(files.get(version.label)).with(readme),
                    "Version " + version.label,
                    version.notes,
                    version.publishedBy,
                    version.publishedAt,
                    version);
            written = true;
        }
        if (!written) {
            RepositoryCommit.head(repository)
                    .ifPresent(head -> RepositoryCommit.append(
                            repository,
                            Tree.read(head.tree).with(readme),
                            "Change the card",
                            "",
                            adapter.publisher.soleMember().orElse(null),
                            Instant.now(),
                            head.version));
        }
        repository.cardSha256 = card;
    }

    /** The adapter's repository, locked until the transaction ends. */
    public static Repository lock(Adapter adapter) {
        Repository repository = Repository.of(adapter);
        Repository.getEntityManager().refresh(repository, LockModeType.PESSIMISTIC_WRITE);
        return repository;
    }

    /** Of the README that the adapter's card makes; the repository has that of the card which was written last. */
    public static String cardSha256(Adapter adapter) {
        return DigestUtils.sha256Hex(ModelCardText.of(adapter).getBytes(StandardCharsets.UTF_8));
    }
}
