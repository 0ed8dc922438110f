package io.lorahub.composition;

import io.lorahub.engine.names.EnumNames;
import java.util.Map;
import java.util.Set;

/** The state of a run, with all permitted transitions. */
public enum RunState {
    QUEUED,
    RUNNING,
    PAUSED,
    SUCCEEDED,
    FAILED,
    CANCELLED;

    private static final Map<RunState, Set<RunState>> ALLOWED = Map.of(
            QUEUED, Set.of(RUNNING, PAUSED, CANCELLED, FAILED),
            RUNNING, Set.of(QUEUED, PAUSED, SUCCEEDED, FAILED, CANCELLED),
            PAUSED, Set.of(QUEUED, CANCELLED),
            FAILED, Set.of(QUEUED),
            SUCCEEDED, Set.of(),
            CANCELLED, Set.of());

    public boolean mayBecome(RunState next) {
        return ALLOWED.get(this).contains(next);
    }

    /** Whether no worker will process the run again unless someone asks for it. */
    public boolean isEnded() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }

    /** Name in addresses, in the API and in sentences: {@code queued}. */
    public String word() {
        return EnumNames.of(this);
    }

    /** Name on pages: {@code Queued}. */
    public String label() {
        return name().charAt(0) + word().substring(1);
    }

    public boolean isWaitingOrRunning() {
        return this == QUEUED || this == RUNNING;
    }
}
