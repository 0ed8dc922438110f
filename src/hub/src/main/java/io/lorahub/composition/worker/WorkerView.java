package io.lorahub.composition.worker;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.lorahub.composition.queue.WorkerRecord;
import java.time.Instant;
import java.util.List;

/** A worker as admins see it. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public final class WorkerView {

    public final String name;
    public final State state;
    public final String device;
    public final int cores;

    /** Memory for models that stay loaded, in bytes. */
    public final long memory;

    public final String version;
    public final int slots;

    /** Runs that it holds; if it was lost, those that no other worker has taken over yet. */
    public final int running;

    /** If it was lost, its runs that others have taken over, or that have ended. */
    public final int takenOver;

    /** Names of the loaded, idle models. */
    public final List<String> models;

    /** Evaluations per second of one slot; omitted before the first. */
    public final Double speed;

    /** Base models whose runs it can't take, because its disk has no room for their files. */
    public final List<String> noRoomFor;

    /** How much room its disk has and how much it needs, as a clause; omitted if it has enough. */
    public final String shortage;

    public final boolean draining;
    public final Instant startedAt;
    public final Instant seenAt;

    /** Omitted while it is alive. */
    public final Instant lostSince;

    public enum State {
        IDLE,
        WORKING,
        /** The worker is idle, and its disk has no room for some of the runs. */
        SHORT_OF_DISK,
        /** The worker is finishing its current points. */
        DRAINING,
        DRAINED,
        /** The worker has missed several heartbeats. */
        LOST
    }

    static WorkerView of(WorkerRecord worker) {
        return new WorkerView(worker, state(worker), worker.running, 0, null);
    }

    /** @param left number of runs that still have its name */
    static WorkerView lost(WorkerRecord worker, long left) {
        return new WorkerView(worker, State.LOST, (int) left, (int) Math.max(0, worker.running - left), worker.seenAt);
    }

    // Jackson writes fields first that are named like a parameter
    private WorkerView(WorkerRecord worker, State now, int held, int movedOn, Instant silentSince) {
        name = worker.name;
        state = now;
        device = worker.device;
        cores = worker.cores;
        memory = worker.memory;
        version = worker.version;
        slots = worker.slots;
        running = held;
        takenOver = movedOn;
        models = worker.models;
        speed = worker.speed;
        noRoomFor = worker.noRoomFor;
        shortage = worker.shortage;
        draining = worker.draining;
        startedAt = worker.startedAt;
        seenAt = worker.seenAt;
        lostSince = silentSince;
    }

    private static State state(WorkerRecord worker) {
        if (worker.draining) return worker.running > 0 ? State.DRAINING : State.DRAINED;
        if (worker.running > 0) return State.WORKING;
        return worker.noRoomFor.isEmpty() ? State.IDLE : State.SHORT_OF_DISK;
    }

    /** For display: "CPU, 2 cores" or "GPU 0". */
    public String computesOn() {
        if (device.startsWith("gpu")) return "GPU " + device.substring(device.indexOf(':') + 1);
        if (cores == 0) return "CPU";
        return "CPU, %d %s".formatted(cores, cores == 1 ? "core" : "cores");
    }
}
