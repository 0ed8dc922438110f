package io.lorahub.adapter.publication;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.ModeratedEntity;
import io.lorahub.adapter.Repository;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.web.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rules for a publication that concern the adapter itself. */
public final class PublishingRules {

    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-._]?[a-z0-9])*");
    static final int LONGEST_NAME = 64;
    public static final int LONGEST_NOTES = 4000;

    private PublishingRules() {}

    static List<FieldError> faults(Publication p, Optional<Adapter> existing, Optional<AdapterVersion> newest) {
        List<FieldError> faults = new ArrayList<>(faultsOfWords(p, existing, newest));
        fileFault(p).ifPresent(faults::add);
        return faults;
    }

    /** Leaves out the rules for files, so it does not need any information about them. */
    static List<FieldError> faultsOfWords(Publication p, Optional<Adapter> existing, Optional<AdapterVersion> newest) {
        List<FieldError> faults = new ArrayList<>();
        nameFault(p.name()).ifPresent(faults::add);
        existing.map(adapter -> (ModeratedEntity) adapter)
                .or(() -> Repository.at(p.publisher(), p.name()))
                .filter(ModeratedEntity::isTakenDown)
                .ifPresent(a -> faults.add(new FieldError(
                        "name",
                        a.address() + " was taken down by moderation; appeal before you publish new versions.")));
        labelFault(p, newest).ifPresent(faults::add);
        if (p.notes().length() > LONGEST_NOTES) {
            faults.add(new FieldError(
                    "notes",
                    "The notes have %,d characters; the limit is %,d."
                            .formatted(p.notes().length(), LONGEST_NOTES)));
        }
        faults.addAll(p.card().faults());
        return faults;
    }

    /** The requested label, or the one that follows the newest. */
    static String label(Publication p, Optional<AdapterVersion> newest) {
        if (!p.label().isEmpty()) return p.label();
        return newest.map(v -> newestLabel(v).next()).orElse(VersionLabel.FIRST).toString();
    }

    /** Labels of older LoraHub releases may be too large to increment. */
    static VersionLabel newestLabel(AdapterVersion newest) {
        return VersionLabel.of(newest.label).orElse(new VersionLabel(newest.number, 0, 0));
    }

    /** Why this cannot be the last part of an address; empty if it can. */
    public static Optional<FieldError> nameFault(String name) {
        if (name.isEmpty())
            return Optional.of(new FieldError("name", "Give it a name; it becomes part of its address."));
        if (name.length() <= LONGEST_NAME && NAME.matcher(name).matches()) return Optional.empty();
        return Optional.of(new FieldError(
                "name",
                "“%s” cannot be a name: use up to %d lower case letters and digits, with single hyphens, dots or"
                                .formatted(name, LONGEST_NAME)
                        + " underscores between them."));
    }

    private static Optional<FieldError> labelFault(Publication p, Optional<AdapterVersion> newest) {
        if (p.label().isEmpty()) return Optional.empty();
        Optional<VersionLabel> label = VersionLabel.of(p.label());
        if (label.isEmpty()) {
            return Optional.of(
                    new FieldError("version", "“%s” isn't a version. Use a form such as 1.0.0.".formatted(p.label())));
        }
        return newest.map(PublishingRules::newestLabel)
                .filter(n -> label.get().compareTo(n) <= 0)
                .map(n -> new FieldError(
                        "version",
                        "%s isn't higher than %s, the newest version. Use %s or higher."
                                .formatted(p.label(), n, n.next())));
    }

    private static Optional<FieldError> fileFault(Publication p) {
        if (!p.checkup().passed()) {
            String failed = p.checkup().checks().stream()
                    .filter(c -> c.state() == CheckResult.State.FAILED || c.state() == CheckResult.State.PENDING)
                    .map(c -> "“" + c.title() + "”")
                    .collect(Collectors.joining(", "));
            return Optional.of(
                    new FieldError("It can be published only after passing its checks. Still open: " + failed + "."));
        }
        AdapterFacts facts = new AdapterFacts(p.checkup().facts());
        if (facts.baseModel().isEmpty() || facts.rank() < 1 || p.files().isEmpty()) {
            return Optional.of(new FieldError("The files don't state their base model and rank."));
        }
        return Optional.empty();
    }
}
