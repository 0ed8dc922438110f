package io.lorahub.composition.form;

import io.lorahub.account.signin.SignedInEvent;
import io.lorahub.adapter.Adapter;
import io.lorahub.browse.candidates.CandidateBasket;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.RunOwner;
import io.lorahub.composition.VisitorCookie;
import io.lorahub.composition.task.OwnerLimits;
import io.lorahub.engine.learning.Example;
import io.lorahub.examples.ExamplesException;
import io.lorahub.examples.PastedExamples;
import io.lorahub.storage.DatabaseClock;
import io.lorahub.web.ProblemException;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.transaction.Transactional;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Drafts of the form, kept until their owners start the run; the form's buttons change them and work without scripts. A visitor's
 * becomes that of the account that their browser signs in to, as their runs do.
 */
@ApplicationScoped
public class ComposeDrafts {

    /** Number of adapters that a search lists. */
    private static final int FOUND = 20;

    /** Number of drafts of visitors from one network address; the oldest are deleted. */
    private static final int OF_ADDRESS = 20;

    private static final String OLDEST =
            "delete from composition_draft where id in (select id from composition_draft where network = ?1"
                    + " order by saved_at desc offset " + (OF_ADDRESS - 1) + ")";

    private final DatabaseClock clock;
    private final CandidateBasket basket;
    private final CandidateFinder finder;
    private final CompositionConfig limits;
    private final OwnerLimits owners;
    private final CurrentVertxRequest current;

    ComposeDrafts(
            DatabaseClock clock,
            CandidateBasket basket,
            CandidateFinder finder,
            CompositionConfig limits,
            OwnerLimits owners,
            CurrentVertxRequest current) {
        this.clock = clock;
        this.basket = basket;
        this.finder = finder;
        this.limits = limits;
        this.owners = owners;
        this.current = current;
    }

    public Optional<RunForm> of(RunOwner owner) {
        return ComposeDraft.of(owner).map(draft -> draft.form);
    }

    /**
     * The draft, or an empty form, with the adapters from the basket added.
     *
     * @param owner empty for a visitor who has nothing yet
     */
    RunForm opened(Optional<RunOwner> owner) {
        RunForm form = owner.flatMap(this::of).orElseGet(RunForm::new);
        List<String> collected =
                basket.adapters().stream().map(Adapter::address).toList();
        list(form, collected, "From your candidates", true);
        return form;
    }

    @Transactional
    public void save(RunOwner owner, RunForm form) {
        ComposeDraft draft = ComposeDraft.of(owner).orElseGet(() -> begun(owner));
        draft.form = form;
        draft.savedAt = clock.now();
        if (draft.visitor != null) draft.expiresAt = draft.savedAt.plus(limits.visitorRuns());
        draft.persist();
    }

    private ComposeDraft begun(RunOwner owner) {
        ComposeDraft draft = new ComposeDraft();
        draft.personId = owner.person().map(person -> person.id).orElse(null);
        draft.visitor = owner.visitor().orElse(null);
        draft.network = owners.network(owner).orElse(null);
        if (draft.network != null) {
            ComposeDraft.getEntityManager()
                    .createNativeQuery(OLDEST)
                    .setParameter(1, draft.network)
                    .executeUpdate();
        }
        return draft;
    }

    @Transactional
    public void discard(RunOwner owner) {
        ComposeDraft.of(owner).ifPresent(ComposeDraft::delete);
    }

    @Transactional(Transactional.TxType.MANDATORY)
    void adopt(@Observes SignedInEvent signedIn) {
        VisitorCookie.of(current.getCurrent().request())
                .flatMap(visitor -> ComposeDraft.of(RunOwner.visitor(visitor)))
                .ifPresent(draft -> {
                    Long person = signedIn.person().id;
                    ComposeDraft.delete("personId", person); // an earlier one; this browser's is the latest
                    draft.personId = person;
                    draft.visitor = null;
                    draft.network = null;
                    draft.expiresAt = null;
                });
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
