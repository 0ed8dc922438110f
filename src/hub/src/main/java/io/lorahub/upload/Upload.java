package io.lorahub.upload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.ImportedFrom;
import io.lorahub.adapter.publication.CheckReport;
import io.lorahub.engine.lora.config.CheckFinding;
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

/**
 * The files of one adapter or base model on their way into the hub: received, checked, then published or dropped. A base
 * model is published by its registration.
 */
@Entity
public class Upload extends PanacheEntityBase {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Id
    public UUID id = UUID.randomUUID();

    /** Shared by uploads that arrived together, in one request or one zip. */
    @Column(name = "batch_id")
    public UUID batchId = id;

    /** Who sent it; null for a base model whose administrator has deleted their account. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "person_id")
    public Person person;

    /** The publisher to publish under; null until chosen. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "publisher_id")
    public Publisher publisher;

    /** The adapter that gets a new version; null for a new adapter. */
    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "adapter_id")
    public Adapter adapter;

    /** The name under which a base model is registered; null for an adapter. */
    @Column(name = "base_model")
    public String baseModel;

    /** On a machine of the hub, from which the files of a base model are copied; null if they come from elsewhere. */
    @Column(name = "source_folder")
    public String sourceFolder;

    /** Name of the folder that contained the files; empty if there was none. */
    public String folder = "";

    /** Changed only by {@link #become}. */
    @Enumerated(EnumType.STRING)
    private UploadState state = UploadState.RECEIVING;

    /** Why it failed other than by its checks, as a sentence; otherwise null. */
    public String failure;

    /** The values that the member has typed so far; null if none. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode card;

    /**
     * As in {@link io.lorahub.adapter.AdapterVersion#findings}, of a base model why it was refused; null until checked.
     */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode findings;

    /** As in {@link io.lorahub.adapter.AdapterVersion#facts}; null until checked. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode facts;

    /** The run that made the files; null for files that were sent or merged, and after the run is deleted. */
    @Column(name = "run_id")
    public UUID run;

    /** For a mix made by a run or a merge: weights by version id; null for files that were sent. */
    @JdbcTypeCode(SqlTypes.JSON)
    public JsonNode parts;

    /** How often checks of these files have been started. */
    @Column(name = "check_tries")
    public int checkTries;

    /** How often the checks were stopped because they exceeded their memory or time limit. */
    @Column(name = "check_overruns")
    public int checkOverruns;

    /** Why the checks last stopped early, as a sentence; null if unknown. */
    @Column(name = "check_interruption")
    public String checkInterruption;

    /** When the checks were started last; null if they wait. */
    @Column(name = "check_begun_at")
    public Instant checkBegunAt;

    /** The other hub that its files come from; null if a member sent them. */
    @JdbcTypeCode(SqlTypes.JSON)
    @Column(name = "imported_from")
    public ImportedFrom importedFrom;

    @OneToMany(mappedBy = "upload", cascade = CascadeType.ALL, orphanRemoval = true)
    @OrderBy("name")
    public List<UploadFile> files = new ArrayList<>();

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    /** Time of the last activity; uploads that are inactive for long are dropped. */
    @Column(name = "updated_at")
    public Instant updatedAt = Instant.now();

    /** For If-Match; increases with each change. */
    @Version
    public int edition;

    public UploadState getState() {
        return state;
    }

    /** @throws IllegalStateException if the transition is not allowed */
    public void become(UploadState next) {
        if (!state.canBecome(next)) {
            throw new IllegalStateException("The upload %s is %s and cannot become %s.".formatted(id, state, next));
        }
        state = next;
        updatedAt = Instant.now();
        if (next.isOpen()) return;
        files.clear(); // published files belong to the version
        if (next == UploadState.CANCELLED) card = Draft.read(card).onlyTitle().json();
    }

    /** Adds a file that will be sent, or is only listed. */
    public UploadFile add(FileEntry sent) {
        UploadFile file = new UploadFile();
        file.upload = this;
        file.name = sent.name().name();
        file.kind = sent.name().kind();
        file.size = sent.size();
        files.add(file);
        return file;
    }

    /** The files that the new ones replace: files of the same name, and weights of either format. */
    public List<UploadFile> replacedBy(List<FileEntry> sent) {
        return files.stream()
                .filter(file -> sent.stream().anyMatch(other -> other.name().replaces(file.name)))
                .toList();
    }

    /** Call this before adding other files of the same names. */
    public void remove(List<UploadFile> removed) {
        files.removeAll(removed);
        flush();
    }

    /** Creates another upload for the same request, without files. */
    public Upload sibling() {
        Upload sibling = new Upload();
        sibling.batchId = batchId;
        sibling.person = person;
        sibling.publisher = publisher;
        return sibling;
    }

    /** Waits for more files, and discards the results for the previous ones. */
    void receiveAgain() {
        if (state != UploadState.RECEIVING) become(UploadState.RECEIVING);
        failure = null;
        findings = null;
        facts = null;
    }

    /** Waits for the checks, because all files are present but not checked. */
    public void waitForChecks() {
        become(UploadState.CHECKING);
        failure = null;
        facts = null;
        findings = isBaseModel() ? null : CheckReport.pending().findings();
        checkTries = 0;
        checkOverruns = 0;
        checkInterruption = null;
        checkBegunAt = null;
    }

    /** SHA-256 by name of the files that are complete. */
    public Map<String, String> hashes() {
        Map<String, String> hashes = new TreeMap<>();
        files.stream().filter(file -> file.sha256 != null).forEach(file -> hashes.put(file.name, file.sha256));
        return hashes;
    }

    /** @param why a sentence */
    public void fail(String why) {
        become(UploadState.FAILED);
        failure = why;
    }

    /**
     * Ends the checks of a base model that can't be used; its files are dropped.
     *
     * @param why at least one
     */
    public void refuse(List<CheckFinding> why) {
        become(UploadState.FAILED);
        findings = JSON.valueToTree(why);
        files.clear();
    }

    public boolean isBaseModel() {
        return baseModel != null;
    }

    /** Whether a run or a merge made the files: they and the card cannot be replaced, and it is published when it has passed. */
    public boolean isMix() {
        return parts != null;
    }

    /** Weights by version, of the parts that still exist; empty for files that were sent. */
    public Map<AdapterVersion, Double> weightsOfParts() {
        Map<AdapterVersion, Double> weights = new HashMap<>();
        if (isMix()) {
            parts.properties()
                    .forEach(part -> AdapterVersion.<AdapterVersion>findByIdOptional(Long.valueOf(part.getKey()))
                            .ifPresent(version ->
                                    weights.put(version, part.getValue().doubleValue())));
        }
        return weights;
    }

    /** @throws ProblemException for a mix, which cannot be changed before it is published */
    public void requireSent() {
        if (isMix()) {
            throw ProblemException.conflict(
                    "This was made on the hub and is published unchanged. Discard it and publish the result again, or"
                            + " edit the card after publication.");
        }
    }

    /** Whether all files are complete. */
    public boolean isWhole() {
        return files.stream().allMatch(UploadFile::isWhole);
    }

    public Optional<UploadFile> file(String name) {
        return files.stream().filter(file -> file.name.equals(name)).findFirst();
    }

    /** Locks the upload until the transaction ends, because several of its files may arrive at once. */
    public static Optional<Upload> locked(UUID id) {
        return findByIdOptional(id, LockModeType.PESSIMISTIC_WRITE);
    }

    /** The id of the adapter that gets a new version, without loading the upload. */
    public static Optional<Long> target(UUID id) {
        return getEntityManager()
                .createQuery("select u.adapter.id from Upload u where u.id = ?1", Long.class)
                .setParameter(1, id)
                .getResultStream()
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** A person's publications of mixes without a run that are open or have ended since then, newest first. */
    public static List<Upload> ofMerges(Person person, Instant since) {
        return list(
                "person = ?1 and run is null and parts is not null and (state not in (?2, ?3) or updatedAt > ?4)"
                        + " order by createdAt desc, id",
                person,
                UploadState.PUBLISHED,
                UploadState.CANCELLED,
                since);
    }

    /** A person's publications of a run, newest first. */
    public static List<Upload> ofRun(Person person, UUID run) {
        return list("person = ?1 and run = ?2 order by createdAt desc, id", person, run);
    }

    /** This upload and those that arrived with it. */
    public List<Upload> batch() {
        return list("batchId = ?1 order by folder, id", batchId);
    }

    /** A person's adapters that are neither published nor cancelled, newest first. */
    public static List<Upload> openOf(Person person) {
        return list(
                "person = ?1 and baseModel is null and state not in (?2, ?3) order by createdAt desc, id",
                person,
                UploadState.PUBLISHED,
                UploadState.CANCELLED);
    }
}
