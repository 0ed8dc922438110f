package io.lorahub.composition;

import io.lorahub.browse.candidates.CandidateBasket;
import io.lorahub.composition.ComposeForm.Candidate;
import io.lorahub.engine.learning.Example;
import io.lorahub.examples.ExamplesException;
import io.lorahub.examples.PastedExamples;
import io.lorahub.web.ProblemException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What the buttons of the form do beside starting: each works without scripts. */
@ApplicationScoped
public class ComposeFormActions {

    /** Adapters that a search lists. */
    private static final int FOUND = 20;

    private final CandidateBasket basket;
    private final CandidateFinder finder;
    private final CompositionConfig limits;

    ComposeFormActions(CandidateBasket basket, CandidateFinder finder, CompositionConfig limits) {
        this.basket = basket;
        this.finder = finder;
        this.limits = limits;
    }

    /** @param place of the page where the change is seen */
    record Changed(ComposeForm form, String place) {}

    /** The form with what lies in the basket. */
    ComposeForm arrived(ComposeForm form) {
        return form.with(basket.adapters().stream()
                .map(adapter -> new Candidate(adapter.address(), "From your candidates", true))
                .toList());
    }

    /** @param form with what {@link ExampleImport} has read */
    Changed apply(ComposeForm form, RunFormParams sent) {
        String action = sent.action();
        if (action.startsWith("remove-")) return new Changed(without(form, action.substring(7)), "task");
        return switch (action) {
            case "add" -> new Changed(form.withExamples(plus(form.rows(), new Example("", ""))), "task");
            case "paste" -> new Changed(form, "task");
            case "held-out" -> new Changed(form, "held-out");
            case "split" -> new Changed(split(form), "held-out");
            case "find" ->
                new Changed(
                        form.with(candidates(
                                finder.withText(form.baseModel(), text(sent.find), FOUND),
                                "Found by “%s”".formatted(text(sent.find)),
                                false)),
                        "candidates");
            case "tag" ->
                new Changed(
                        form.with(candidates(
                                finder.withTag(form.baseModel(), text(sent.tag), limits.candidates()),
                                "Tagged " + text(sent.tag),
                                true)),
                        "candidates");
            case "defaults" -> new Changed(form.withSettings(TypedSettings.DEFAULT), "settings");
            default -> new Changed(form, "main");
        };
    }

    private static String text(String sent) {
        return sent == null ? "" : sent.strip();
    }

    private static List<Candidate> candidates(List<String> addresses, String why, boolean chosen) {
        return addresses.stream()
                .map(address -> new Candidate(address, why, chosen))
                .toList();
    }

    private static ComposeForm without(ComposeForm form, String row) {
        List<Example> rows = new ArrayList<>(form.examples());
        if (row.matches("\\d{1,4}") && Integer.parseInt(row) < rows.size()) rows.remove(Integer.parseInt(row));
        return form.withExamples(rows);
    }

    private static <T> List<T> plus(List<T> list, T last) {
        return Stream.concat(list.stream(), Stream.of(last)).toList();
    }

    /** Five at random stay as examples; the others are held out, so that they say something about the result. */
    private static ComposeForm split(ComposeForm form) {
        List<Example> all = new ArrayList<>(form.filled());
        if (all.size() <= ComposeForm.ROWS) return form;
        Collections.shuffle(all, new Random(42));
        List<Example> out = new ArrayList<>(heldOut(form));
        out.addAll(all.subList(ComposeForm.ROWS, all.size()));
        return form.withExamples(all.subList(0, ComposeForm.ROWS)).withHeldOut(PastedExamples.write(out));
    }

    private static List<Example> heldOut(ComposeForm form) {
        try {
            return PastedExamples.parse(ExampleImport.HELD_OUT, form.heldOut());
        } catch (ExamplesException e) {
            throw ProblemException.invalid("held_out", e.getMessage());
        }
    }
}
