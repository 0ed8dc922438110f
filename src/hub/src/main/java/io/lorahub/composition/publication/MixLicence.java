package io.lorahub.composition.publication;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The licence under which a mix may be published, or the reason why it may not be.
 *
 * @param id     null if it may not be published
 * @param reason a sentence for the page in either case
 */
public record MixLicence(String id, String reason) {

    /** @param parts all parts with a weight other than 0; at least one */
    static MixLicence of(List<MixComponent> parts) {
        Optional<String> refusal = refusal(parts);
        if (refusal.isPresent()) return new MixLicence(null, refusal.get());
        List<String> all = parts.stream().map(part -> part.licence).distinct().toList();
        Optional<String> common = LicenceCompatibility.of(all);
        if (common.isPresent()) {
            return new MixLicence(
                    common.get(),
                    all.size() == 1
                            ? "All parts are under %s, so the mix is too.".formatted(all.get(0))
                            : "The parts are under %s; a mix of them can be published under %s."
                                    .formatted(String.join(", ", all), common.get()));
        }
        List<MixComponent> foreign = parts.stream().filter(part -> !part.own).toList();
        if (foreign.isEmpty()) {
            String heaviest = parts.stream()
                    .max(Comparator.comparingDouble(part -> part.weights.contribution()))
                    .orElseThrow()
                    .licence;
            return new MixLicence(heaviest, "All parts are your own, so you can choose any licence.");
        }
        return LicenceCompatibility.of(
                        foreign.stream().map(part -> part.licence).toList())
                .map(id ->
                        new MixLicence(id, "The other people's parts require %s; the rest is your own.".formatted(id)))
                .orElseGet(() -> new MixLicence(null, conflict(foreign)));
    }

    private static Optional<String> refusal(List<MixComponent> parts) {
        for (MixComponent part : parts) {
            if (part.takenDown) {
                return Optional.of(
                        "Moderators took down %s, so no mix with it can be published. Make the mix again without it."
                                .formatted(part.address));
            }
            if (!part.allowed && !part.own) {
                return Optional.of(
                        "%s is under %s, which doesn't allow others to publish mixes with it. Make the mix again without it, or ask its publisher."
                                .formatted(part.address, part.licence));
            }
        }
        return Optional.empty();
    }

    /**
     * A part with its weight, because a small weight is rounded to 0 elsewhere although the part belongs to the mix.
     */
    private static String named(MixComponent part) {
        return "%s with weight %s".formatted(part.address, String.format(Locale.ROOT, "%.2g", part.weights.farthest()));
    }

    private static String conflict(List<MixComponent> parts) {
        String each = parts.stream()
                .collect(Collectors.groupingBy(
                        part -> part.licence,
                        java.util.LinkedHashMap::new,
                        Collectors.mapping(MixLicence::named, Collectors.joining(", "))))
                .entrySet()
                .stream()
                .map(entry -> "%s (%s)".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("; "));
        return "No single licence fits all parts: %s. Make the mix again without some of them.".formatted(each);
    }
}
