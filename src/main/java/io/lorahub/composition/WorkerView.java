package io.lorahub.composition;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.List;

/**
 * A worker as admins see it.
 *
 * @param memory for models that stay loaded, in bytes
 * @param speed  evaluations per second of one slot; null before the first
 * @param models loaded and not in use
 */
@JsonNaming(SnakeCaseStrategy.class)
public record WorkerView(
        String name,
        State state,
        String device,
        int cores,
        long memory,
        String version,
        int slots,
        int running,
        List<String> models,
        Double speed,
        boolean draining,
        Instant startedAt,
        Instant seenAt) {

    public enum State {
        IDLE,
        WORKING,
        /** It ends what it is at. */
        DRAINING,
        DRAINED,
        /** It has shown nothing for some beats. */
        LOST
    }

    static WorkerView of(WorkerEntry worker, boolean alive) {
        return new WorkerView(
                worker.name,
                state(worker, alive),
                worker.device,
                worker.cores,
                worker.memory,
                worker.version,
                worker.slots,
                worker.running,
                worker.models,
                worker.speed,
                worker.draining,
                worker.startedAt,
                worker.seenAt);
    }

    private static State state(WorkerEntry worker, boolean alive) {
        if (!alive) return State.LOST;
        if (worker.draining) return worker.running > 0 ? State.DRAINING : State.DRAINED;
        return worker.running > 0 ? State.WORKING : State.IDLE;
    }

    /** For people: "CPU, 2 cores" or "GPU 0". */
    public String computesOn() {
        if (device.startsWith("gpu")) return "GPU " + device.substring(device.indexOf(':') + 1);
        if (cores == 0) return "CPU";
        return "CPU, %d %s".formatted(cores, cores == 1 ? "core" : "cores");
    }
}
