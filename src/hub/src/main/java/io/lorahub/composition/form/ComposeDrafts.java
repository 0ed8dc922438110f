package io.lorahub.composition.form;

import io.lorahub.account.Person;
import io.lorahub.adapter.Adapter;
import io.lorahub.browse.candidates.CandidateBasket;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.engine.learning.Example;
import io.lorahub.examples.ExamplesException;
import io.lorahub.examples.PastedExamples;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Drafts of the form, kept until members start the run; the form's buttons change them and work without scripts. */
@ApplicationScoped
public class ComposeDrafts {

    /** Number of adapters that a search lists. */
    private static final int FOUND = 20;

    private final DatabaseClock clock;
    private final CandidateBasket basket;
    private final CandidateFinder finder;
    private final CompositionConfig limits;

    ComposeDrafts(DatabaseClock clock, CandidateBasket basket, CandidateFinder finder, CompositionConfig limits) {
        this.clock = clock;
        this.basket = basket;
        this.finder = finder;
        this.limits = limits;
    }

    public Optional<RunForm> of(Person person) {
        return ComposeDraft.<ComposeDraft>findByIdOptional(person.id).map(draft -> draft.form);
    }

    /** The draft, or an empty form, with the adapters from the basket added. */
    RunForm opened(Person person) {
        RunForm form = of(person).orElseGet(RunForm::new);
        List<String> collected =
                basket.adapters().stream().map(Adapter::address).toList();
        list(form, collected, "From your candidates", true);
        return form;
    }

    @Transactional
    public void save(Person person, RunForm form) {
        ComposeDraft draft = ComposeDraft.findById(person.id);
        if (draft == null) {
            draft = new ComposeDraft();
            draft.personId = person.id;
        }
        draft.form = form;
        draft.savedAt = clock.now();
        draft.persist();
    }

    @Transactional
    public void discard(Person person) {
        ComposeDraft.deleteById(person.id);
    }

    /**
     * Performs the action of the form's button.
     *
     * @return the anchor on the page where the change is visible
     */
    String apply(RunForm form) {
        if (form.action.startsWith("remove-")) {
            remove(form, form.action.substring(7));
            return "task";
        }
        return switch (form.action) {
            case "add" -> {
                form.examples = form.rows();
                form.examples.add(new Example("", ""));
                yield "task";
            }
            case "paste" -> "task";
            case "held-out" -> "held-out";
            case "split" -> {
                split(form);
                yield "held-out";
            }
            case "find" -> {
                String words = form.find.strip();
                list(form, finder.withText(form.baseModel, words, FOUND), "Found by “%s”".formatted(words), false);
                yield "candidates";
            }
            case "tag" -> {
                String tag = form.tag.strip();
                list(form, finder.withTag(form.baseModel, tag, limits.candidates()), "Tagged " + tag, true);
                yield "candidates";
            }
            case "defaults" -> {
                form.setDefaults();
                yield "settings";
            }
            default -> "main";
        };
    }

    /** Adds adapters to the list; those already listed stay unchanged. */
    private static void list(RunForm form, List<String> addresses, String why, boolean chosen) {
        List<ListedCandidate> all = new ArrayList<>(form.candidates);
        for (String address : addresses) {
            ListedCandidate candidate = new ListedCandidate(address, why, chosen);
            if (all.stream().noneMatch(c -> c.adapter().equals(candidate.adapter()))) all.add(candidate);
        }
        form.candidates = all;
    }

    private static void remove(RunForm form, String row) {
        List<Example> rows = new ArrayList<>(form.examples);
        if (row.matches("\\d{1,4}") && Integer.parseInt(row) < rows.size()) rows.remove(Integer.parseInt(row));
        form.examples = rows;
    }

    /** Keeps five random examples and holds out the others, so that the held-out score is meaningful. */
    private static void split(RunForm form) {
        List<Example> all = new ArrayList<>(form.filled());
        if (all.size() <= RunForm.ROWS) return;
        Collections.shuffle(all, new Random(42));
        List<Example> out = new ArrayList<>(heldOut(form));
        out.addAll(all.subList(RunForm.ROWS, all.size()));
        form.examples = all.subList(0, RunForm.ROWS);
        form.heldOut = PastedExamples.write(out);
    }

    private static List<Example> heldOut(RunForm form) {
        try {
            return PastedExamples.parse(RunForm.HELD_OUT, form.heldOut);
        } catch (ExamplesException e) {
            throw ProblemException.invalid("held_out", e.getMessage());
        }
    }
}
