package io.lorahub.composition;

import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;

/** A worker as it showed itself last; it writes this itself, see {@link Heartbeat}. */
@Entity
@Table(name = "worker")
public class WorkerRecord extends PanacheEntityBase {

    @Id
    public String name;

    /** "cpu" or "gpu:N". */
    public String device;

    /** Of the processor. */
    public int cores;

    /** For base models and runs, in bytes. */
    public long memory;

    public String version;

    /** Runs at a time. */
    public int slots;

    /** Whether it shall take no more runs; set by an admin. */
    public boolean draining;

    /** Evaluations per second of one slot, as measured lately; null before the first. */
    public Double speed;

    /** Base models that are loaded, by name. */
    public List<String> models;

    /** Runs under way. */
    public int running;

    @Column(name = "started_at")
    public Instant startedAt;

    @Column(name = "seen_at")
    public Instant seenAt;

    /** Whether it computes with the machine's own memory, and not with a GPU's. */
    boolean isOnCpu() {
        return device.equals("cpu");
    }
}
