package io.lorahub.composition;

import io.lorahub.database.BaseEntity;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A line of a run's log other than an evaluation. */
@Entity
@Table(name = "composition_note")
public class RunNote extends BaseEntity {

    private static final String WARNING = "Warning: ";

    @Column(name = "run_id")
    public UUID runId;

    public Instant at;

    public String text;

    /** @param now the database's current time */
    public static void write(CompositionRun run, String sentence, Instant now) {
        RunNote note = new RunNote();
        note.runId = run.id;
        note.at = now;
        note.text = sentence;
        note.persist();
    }

    /** Adds a warning: the run is possible, but is unlikely to give the result that its owner expects. */
    public static void warn(CompositionRun run, String sentence, Instant now) {
        write(run, WARNING + sentence, now);
    }

    /** The warnings of a run, each a sentence. */
    public static List<String> warnings(UUID run) {
        return warnings(list("runId = ?1 and text like ?2 order by id", run, WARNING + "%"));
    }

    public static List<String> warnings(List<RunNote> notes) {
        return notes.stream()
                .filter(note -> note.text.startsWith(WARNING))
                .map(note -> note.text.substring(WARNING.length()))
                .toList();
    }

    public static Optional<String> latest(UUID run) {
        return RunNote.<RunNote>find("runId = ?1 order by id desc", run)
                .firstResultOptional()
                .map(note -> note.text);
    }

    /** The notes of a run, oldest first. */
    public static List<RunNote> of(UUID run) {
        return list("runId = ?1 order by id", run);
    }
}
