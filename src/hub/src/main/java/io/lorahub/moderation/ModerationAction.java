package io.lorahub.moderation;

import static io.lorahub.adapter.AdapterState.ACTIVE;
import static io.lorahub.adapter.AdapterState.CHANGES_REQUESTED;
import static io.lorahub.adapter.AdapterState.TAKEN_DOWN;

import io.lorahub.adapter.AdapterState;
import io.lorahub.engine.names.EnumNames;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A moderator's possible decisions about an adapter; defines all transitions between states. */
public enum ModerationAction {
    APPROVE("Approve", "approved %s", "%s was approved.", Set.of(ACTIVE, CHANGES_REQUESTED), ACTIVE),
    ASK_FOR_CHANGES(
            "Ask for changes",
            "asked for changes to %s",
            "You asked for changes to %s.",
            Set.of(ACTIVE, CHANGES_REQUESTED),
            CHANGES_REQUESTED),
    /** For an adapter that is already down, it answers an appeal: the adapter stays down. */
    TAKE_DOWN(
            "Take down",
            "took %s down",
            "%s was taken down.",
            Set.of(ACTIVE, CHANGES_REQUESTED, TAKEN_DOWN),
            TAKEN_DOWN),
    RESTORE("Restore", "restored %s", "%s was restored.", Set.of(TAKEN_DOWN), ACTIVE);

    private final String label;
    private final String past;
    private final String done;
    private final Set<AdapterState> from;
    private final AdapterState to;

    ModerationAction(String label, String past, String done, Set<AdapterState> from, AdapterState to) {
        this.label = label;
        this.past = past;
        this.done = done;
        this.from = from;
        this.to = to;
    }

    /** Label of the action's button. */
    public String label() {
        return label;
    }

    /** Label of the action's button beside an adapter in this state. */
    public String label(AdapterState state) {
        return keepsDown(state) ? "Keep it down" : label;
    }

    /** Past tense, for sentences that begin with a moderator. */
    public String past(String object) {
        return past.formatted(object);
    }

    /** Tells the moderator what happened to an adapter that was in this state. */
    String done(String address, AdapterState before) {
        return keepsDown(before) ? address + " stays taken down." : done.formatted(address);
    }

    /** Form for addresses and the audit log: {@code take-down}. */
    public String word() {
        return EnumNames.of(this);
    }

    /** Whether it changes nothing but the reason. */
    boolean keepsDown(AdapterState state) {
        return this == TAKE_DOWN && state == TAKEN_DOWN;
    }

    public AdapterState to() {
        return to;
    }

    public boolean isAllowedIn(AdapterState state) {
        return from.contains(state);
    }

    public boolean takesDown() {
        return to == TAKEN_DOWN;
    }

    static Optional<ModerationAction> of(String word) {
        return Arrays.stream(values()).filter(a -> a.word().equals(word)).findFirst();
    }

    static List<ModerationAction> in(AdapterState state) {
        return Arrays.stream(values()).filter(a -> a.isAllowedIn(state)).toList();
    }
}
