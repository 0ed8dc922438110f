package io.lorahub.composition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.basemodel.BaseModelEntry;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** What a worker does to the state of a trial. */
@ApplicationScoped
public class TrialStates {

    /** How many workers may end over one question before it is given up. */
    static final int TRIES = 2;

    private final RunFeed feed;
    private final ObjectMapper json;

    TrialStates(RunFeed feed, ObjectMapper json) {
        this.feed = feed;
        this.json = json;
    }

    /** Takes a trial that waits, or that a dead worker left; empty where there is nothing to do. */
    @Transactional
    public Optional<TrialClaim> take(UUID id) {
        Trial trial = locked(id);
        if (trial == null || !trial.isOpen()) return Optional.empty();
        trial.state = Trial.State.WORKING;
        feed.changed(id);
        if (++trial.tries > TRIES) {
            fail(
                    id,
                    "The process that worked on this has ended %d times, perhaps for lack of memory. Try it with fewer adapters or inputs, or compress the adapter instead of exporting the full model."
                            .formatted(TRIES));
            return Optional.empty();
        }
        Optional<String> refusal =
                Optional.ofNullable(trial.run).flatMap(run -> run.refusal(Optional.ofNullable(trial.person)));
        if (refusal.isPresent()) {
            fail(id, refusal.get());
            return Optional.empty();
        }
        Question question = question(trial);
        return Optional.of(new TrialClaim(
                id,
                question,
                Optional.ofNullable(trial.run).map(TrialClaim.OfRun::of),
                question instanceof Question.Suggest suggest ? Optional.of(task(suggest)) : Optional.empty()));
    }

    private Question question(Trial trial) {
        try {
            return json.treeToValue(trial.question, Question.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The question of trial %s is not readable.".formatted(trial.id), e);
        }
    }

    private static TrialClaim.OfTask task(Question.Suggest question) {
        List<AdapterVersion> found = AdapterVersion.list(
                "from AdapterVersion v join fetch v.adapter a join fetch a.publisher where v.id in ?1",
                question.versions());
        return TrialClaim.OfTask.of(
                BaseModelEntry.named(question.baseModel()).orElseThrow(),
                found.stream()
                        .map(v -> new TrialClaim.Version(v.id, v.adapter.address(), v.label, Map.copyOf(v.files)))
                        .toList());
    }

    @Transactional
    public void progressed(UUID id, int done, int total) {
        change(id, trial -> {
            trial.done = done;
            trial.total = total;
        });
    }

    /** @param files that the answer comes with: SHA-256 of published ones, by name */
    @Transactional
    public void answer(UUID id, Answer answer, Map<String, String> files) {
        change(id, trial -> {
            trial.files.putAll(files);
            trial.answer = json.valueToTree(answer);
            trial.state = Trial.State.ANSWERED;
        });
    }

    /** @param why in words for who asked */
    @Transactional
    public void fail(UUID id, String why) {
        change(id, trial -> {
            trial.failure = why;
            trial.state = Trial.State.FAILED;
        });
    }

    /** Nothing for a trial that is gone, or that another worker has answered. */
    private void change(UUID id, Consumer<Trial> change) {
        Trial trial = locked(id);
        if (trial == null || trial.state != Trial.State.WORKING) return;
        change.accept(trial);
        feed.changed(id);
    }

    private static Trial locked(UUID id) {
        return Trial.findById(id, LockModeType.PESSIMISTIC_WRITE);
    }
}
