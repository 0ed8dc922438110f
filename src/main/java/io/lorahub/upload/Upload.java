package io.lorahub.upload;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.CheckReport;
import io.lorahub.web.ProblemException;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.LockModeType;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderBy;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** The files of one adapter on their way in: received, checked, then published or dropped. */
@Entity
public class Upload extends PanacheEntityBase {

    @Id
    public UUID id = UUID.randomUUID();

    /** Shared by those that came together: in one request, or in one zip. */
    @Column(name = "batch_id")
    public UUID batchId = id;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    /** Under whose name it is to be published; null until that is chosen. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "publisher_id")
    public Publisher publisher;

    /** Of which it is to be a new version; null for a new adapter. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "adapter_id")
    public Adapter adapter;

    /** What the folder was called that the files came from; empty where they came without one. */
    public String folder = "";

    /** Changed by {@link #become} only. */
    @Enumerated(EnumType.STRING)
    private UploadState state = UploadState.RECEIVING;

    /** A sentence: why it failed before it could be checked; else null. */
    public String failure;

    /** What the member typed so far; null where nothing. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode card;

    /** As in {@link io.lorahub.adapter.AdapterVersion#findings}; null until checked. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode findings;

    /** As in {@link io.lorahub.adapter.AdapterVersion#facts}; null until checked. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode facts;

    /** That made the files; null for what was sent, and once the run is deleted. */
    @Column(name = "run_id")
    public UUID run;

    /** Weights by the id of a version, of what a run has composed; null for what was sent. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode parts;

    /** How often the checks of these files were begun. */
    @Column(name = "check_tries")
    public int checkTries;

    /** How often they were stopped because they needed more memory or time than they may have. */
    @Column(name = "check_overruns")
    public int checkOverruns;

    /** A sentence: what broke the checks off the last time; null where nothing is known. */
    @Column(name = "check_trouble")
    public String checkTrouble;

    @OneToMany(mappedBy = "upload", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("name")
    public List<UploadFile> files = new ArrayList<>();

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    /** When something last came or changed; who lets it lie for long loses it. */
    @Column(name = "updated_at")
    public Instant updatedAt = Instant.now();

    /** For If-Match: grows with each change. */
    @Version
    public int edition;

    public UploadState getState() {
        return state;
    }

    /** @throws IllegalStateException for a change that must not happen */
    public void become(UploadState next) {
        if (!AllowedChanges.isAllowed(state, next)) {
            throw new IllegalStateException("The upload %s is %s and cannot become %s.".formatted(id, state, next));
        }
        state = next;
        updatedAt = Instant.now();
        if (!next.isOpen()) files.clear(); // what is published stands in the version
    }

    /** A file that is to come, or that is listed only. */
    UploadFile add(FileEntry sent) {
        UploadFile file = new UploadFile();
        file.upload = this;
        file.name = sent.name().name();
        file.kind = sent.name().kind();
        file.size = sent.size();
        files.add(file);
        return file;
    }

    /** Those whose place such files take: of the same name, and weights that of other weights. */
    List<UploadFile> replacedBy(List<FileEntry> sent) {
        return files.stream()
                .filter(file -> sent.stream().anyMatch(other -> other.name().replaces(file.name)))
                .toList();
    }

    /** Before others of the same names are added. */
    void remove(List<UploadFile> removed) {
        files.removeAll(removed);
        flush();
    }

    /** Another upload of the same request, without files. */
    Upload sibling() {
        Upload sibling = new Upload();
        sibling.batchId = batchId;
        sibling.person = person;
        sibling.publisher = publisher;
        return sibling;
    }

    /** More files are to come: what was found in the others holds no longer. */
    void receiveAgain() {
        if (state != UploadState.RECEIVING) become(UploadState.RECEIVING);
        failure = null;
        findings = null;
        facts = null;
    }

    /** All files are there and none of them is checked. */
    void waitForChecks() {
        become(UploadState.CHECKING);
        failure = null;
        facts = null;
        findings = CheckReport.pending().findings();
        checkTries = 0;
        checkOverruns = 0;
        checkTrouble = null;
    }

    /** SHA-256 by name of the files that are whole. */
    public Map<String, String> hashes() {
        Map<String, String> hashes = new TreeMap<>();
        files.stream().filter(file -> file.sha256 != null).forEach(file -> hashes.put(file.name, file.sha256));
        return hashes;
    }

    /** @param why a sentence */
    void fail(String why) {
        become(UploadState.FAILED);
        failure = why;
    }

    /** Whether a run has made the files: nobody sends others or another card, and it is published when it has passed. */
    public boolean isMix() {
        return parts != null;
    }

    /** Weights by the version, of those that are still there; empty for what was sent. */
    Map<AdapterVersion, Double> weightsOfParts() {
        Map<AdapterVersion, Double> weights = new HashMap<>();
        if (isMix()) {
            parts.properties()
                    .forEach(part -> AdapterVersion.<AdapterVersion>findByIdOptional(Long.valueOf(part.getKey()))
                            .ifPresent(version ->
                                    weights.put(version, part.getValue().doubleValue())));
        }
        return weights;
    }

    /** @throws ProblemException for a mix, of which nothing can be changed before it is published */
    void requireSent() {
        if (isMix()) {
            throw ProblemException.conflict(
                    "A run has made this, and it is published as it is; discard it and publish the run again, or change"
                            + " the card when it is published.");
        }
    }

    /** Whether nothing is to come any more. */
    public boolean isWhole() {
        return files.stream().allMatch(UploadFile::isWhole);
    }

    public Optional<UploadFile> file(String name) {
        return files.stream().filter(file -> file.name.equals(name)).findFirst();
    }

    /** Locked until the transaction ends, as several files of it may come at once. */
    static Optional<Upload> locked(UUID id) {
        return findByIdOptional(id, LockModeType.PESSIMISTIC_WRITE);
    }

    /** Of which adapter it is to be a version, without reading it. */
    static Optional<Long> target(UUID id) {
        return getEntityManager()
                .createQuery("select u.adapter.id from Upload u where u.id = ?1", Long.class)
                .setParameter(1, id)
                .getResultStream()
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** A person's publications of a run, newest first. */
    static List<Upload> ofRun(Person person, UUID run) {
        return list("person = ?1 and run = ?2 order by createdAt desc, id", person, run);
    }

    /** Those which came with it, and it itself. */
    public List<Upload> batch() {
        return list("batchId = ?1 order by folder, id", batchId);
    }

    /** Those of a person which are neither published nor cancelled, newest first. */
    public static List<Upload> openOf(Person person) {
        return list(
                "person = ?1 and state not in (?2, ?3) order by createdAt desc, id",
                person,
                UploadState.PUBLISHED,
                UploadState.CANCELLED);
    }
}
