package io.lorahub.composition;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.lorahub.engine.learning.Example;
import io.lorahub.examples.PastedExamples;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The form of the page that composes, as it is typed and as drafts keep it.
 *
 * @param examples   rows of the table, blank ones too
 * @param pasted     text that is not yet among the examples
 * @param heldOut    text that {@link PastedExamples} reads
 * @param candidates listed, whether chosen or not
 * @param find       words by which adapters are looked for
 * @param from       the run that this one repeats with changes
 * @param known      evaluations of that run that may be taken over; empty for all of them
 * @param suggestion the question for a suggestion that was asked last
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record ComposeForm(
        String title,
        String description,
        String baseModel,
        List<Example> examples,
        String pasted,
        String heldOut,
        List<Candidate> candidates,
        String find,
        TypedSettings settings,
        Optional<UUID> from,
        String known,
        Optional<UUID> suggestion) {

    /**
     * @param address {@code lab-a/un}, or of a version {@code lab-a/un@1.0.0}
     * @param why     it is listed, in a few words
     */
    public record Candidate(String address, String why, boolean chosen) {}

    /** Rows that a new form has. */
    static final int ROWS = 5;

    static final ComposeForm EMPTY = new ComposeForm(
            "",
            "",
            "",
            List.of(),
            "",
            "",
            List.of(),
            "",
            TypedSettings.DEFAULT,
            Optional.empty(),
            "",
            Optional.empty());

    public ComposeForm {
        examples = List.copyOf(examples);
        candidates = List.copyOf(candidates);
        pasted = pasted == null ? "" : pasted; // drafts of before these were kept
        find = find == null ? "" : find;
    }

    /** What a run was asked for, for repeating it with changes. */
    static ComposeForm of(CompositionRun run, String known) {
        return new ComposeForm(
                run.title,
                run.description,
                run.baseModel.name,
                run.spec.examples(),
                "",
                PastedExamples.write(run.spec.heldOut()),
                run.candidates.stream().map(ComposeForm::candidate).toList(),
                "",
                TypedSettings.of(run.spec),
                Optional.of(run.id),
                known,
                Optional.empty());
    }

    /** Another adapter may have got the address of one that was deleted. */
    private static Candidate candidate(RunCandidate before) {
        return before.isDeleted()
                ? new Candidate(before.addressWithVersion(), "In the run before; deleted since", false)
                : new Candidate(before.addressWithVersion(), "In the run before", true);
    }

    /** Those that are filled in. */
    @JsonIgnore
    List<Example> filled() {
        return examples.stream()
                .filter(e -> !e.input().isBlank() || !e.output().isBlank())
                .toList();
    }

    @JsonIgnore
    public List<String> chosen() {
        return candidates.stream()
                .filter(Candidate::chosen)
                .map(Candidate::address)
                .toList();
    }

    /** The rows that are shown: all that are filled in, at least {@link #ROWS}. */
    @JsonIgnore
    public List<Example> rows() {
        List<Example> rows = new ArrayList<>(examples);
        while (rows.size() < ROWS) rows.add(new Example("", ""));
        return rows;
    }

    /** What buttons of the form change; the rest stays as it was typed. */
    private ComposeForm with(
            List<Example> examples,
            String pasted,
            String heldOut,
            List<Candidate> candidates,
            TypedSettings settings,
            Optional<UUID> suggestion) {
        return new ComposeForm(
                title,
                description,
                baseModel,
                examples,
                pasted,
                heldOut,
                candidates,
                find,
                settings,
                from,
                known,
                suggestion);
    }

    ComposeForm withExamples(List<Example> other) {
        return with(other, pasted, heldOut, candidates, settings, suggestion);
    }

    ComposeForm withPasted(String other) {
        return with(examples, other, heldOut, candidates, settings, suggestion);
    }

    ComposeForm withHeldOut(String other) {
        return with(examples, pasted, other, candidates, settings, suggestion);
    }

    ComposeForm withSettings(TypedSettings other) {
        return with(examples, pasted, heldOut, candidates, other, suggestion);
    }

    ComposeForm withSuggestion(UUID question) {
        return with(examples, pasted, heldOut, candidates, settings, Optional.ofNullable(question));
    }

    /** Those that are listed already stay as they are. */
    ComposeForm with(List<Candidate> more) {
        List<Candidate> all = new ArrayList<>(candidates);
        for (Candidate candidate : more) {
            String adapter = withoutVersion(candidate.address());
            if (all.stream().noneMatch(c -> withoutVersion(c.address()).equals(adapter))) all.add(candidate);
        }
        return with(examples, pasted, heldOut, all, settings, suggestion);
    }

    /**
     * The ranked ones first, in their order; what else is listed stays below them as it is. One that was listed already
     * keeps its version, and is chosen if it was or if its rank is good enough.
     */
    ComposeForm ranked(List<Candidate> best) {
        List<Candidate> all = new ArrayList<>();
        List<Candidate> others = new ArrayList<>(candidates);
        for (Candidate candidate : best) {
            Optional<Candidate> listed = others.stream()
                    .filter(c -> withoutVersion(c.address()).equals(withoutVersion(candidate.address())))
                    .findFirst();
            listed.ifPresent(others::remove);
            all.add(listed.map(c -> new Candidate(c.address(), candidate.why(), c.chosen() || candidate.chosen()))
                    .orElse(candidate));
        }
        all.addAll(others);
        return with(examples, pasted, heldOut, all, settings, suggestion);
    }

    /** Whether an adapter is listed, in whatever version. */
    boolean lists(String address) {
        return candidates.stream().anyMatch(c -> withoutVersion(c.address()).equals(withoutVersion(address)));
    }

    private static String withoutVersion(String address) {
        int at = address.indexOf('@');
        return at < 0 ? address : address.substring(0, at);
    }
}
