package io.lorahub.basemodel;

import io.lorahub.account.Person;
import io.lorahub.database.BaseEntity;
import io.lorahub.engine.inspection.ModelTrial;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A base model that an administrator registered and the engine can run. */
@Entity
@Table(name = "base_model")
public class BaseModelRecord extends BaseEntity {

    /** Name as used by adapters, such as {@code google/flan-t5-small}. */
    public String name;

    public String summary = "";

    /** Model type from its {@code config.json}. */
    @Column(name = "model_type")
    public String modelType;

    public long parameters;

    /** Size of its weights in bytes. */
    public long bytes;

    public String licence;

    /** Whether it has a chat template; null if it was registered before this was recorded. */
    @Column(name = "chat_template")
    public Boolean chatTemplate;

    /** What it wrote after {@link ModelTrial#INPUT} when it was registered; null like {@link #chatTemplate}. */
    public String continuation;

    @ManyToOne(fetch = FetchType.LAZY)
    @JoinColumn(name = "registered_by")
    public Person registeredBy;

    @Column(name = "created_at")
    public Instant createdAt = Instant.now();

    /** SHA-256 of the content by file name. */
    @ElementCollection
    @CollectionTable(name = "base_model_file", joinColumns = @JoinColumn(name = "base_model_id"))
    @MapKeyColumn(name = "name")
    @Column(name = "sha256")
    public Map<String, String> files = new TreeMap<>();

    public static Optional<BaseModelRecord> named(String name) {
        return find("name", name).firstResultOptional();
    }
}
