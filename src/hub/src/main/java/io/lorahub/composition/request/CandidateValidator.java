package io.lorahub.composition.request;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterAddress;
import io.lorahub.adapter.AdapterFacts;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Layer;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.RunCandidate;
import io.lorahub.web.FieldError;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds the adapters and the base model that a request names, and reports what is wrong with them. */
@ApplicationScoped
public class CandidateValidator {

    private final CompositionConfig limits;
    private final AdapterRights rights;

    CandidateValidator(CompositionConfig limits, AdapterRights rights) {
        this.limits = limits;
        this.rights = rights;
    }

    /**
     * The versions that the addresses name.
     *
     * @param causes receives the errors found
     */
    public List<AdapterVersion> named(List<String> addresses, List<FieldError> causes) {
        if (addresses.isEmpty()) {
            causes.add(new FieldError("candidates", "Pick at least one adapter; five to twenty work best."));
        }
        if (addresses.size() > limits.candidates()) {
            causes.add(new FieldError(
                    "candidates",
                    "These are %d adapters; at most %d are allowed.".formatted(addresses.size(), limits.candidates())));
            return List.of();
        }
        List<AdapterVersion> versions = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        for (String address : addresses) {
            Optional<AdapterVersion> version = version(address);
            if (version.isEmpty()) {
                causes.add(new FieldError("candidates", "There is no adapter %s.".formatted(address)));
            } else if (!seen.add(version.get().adapter.id)) {
                causes.add(new FieldError(
                        "candidates",
                        "%s is picked twice.".formatted(version.get().adapter.address())));
            } else {
                versions.add(version.get());
            }
        }
        replaced(versions).ifPresent(why -> causes.add(new FieldError("candidates", why)));
        return versions;
    }

    /** Why the adapters can't be mixed because of modules that they replace as a whole. */
    private static Optional<String> replaced(List<AdapterVersion> versions) {
        List<AdapterVersion> replacing = versions.stream()
                .filter(version ->
                        !new AdapterFacts(version.facts).replacedModules().isEmpty())
                .toList();
        if (replacing.isEmpty()) return Optional.empty();
        AdapterVersion first = replacing.get(0);
        List<String> modules = new AdapterFacts(first.facts).replacedModules();
        if (replacing.size() > 1) {
            AdapterVersion second = replacing.get(1);
            return Optional.of(
                    "%s and %s both replace whole modules of the base model (%s; %s), and at most one adapter of a mix can. Leave one of them out."
                            .formatted(
                                    first.adapter.address(),
                                    second.adapter.address(),
                                    String.join(", ", modules),
                                    String.join(", ", new AdapterFacts(second.facts).replacedModules())));
        }
        return versions.stream()
                .flatMap(version -> new AdapterFacts(version.facts)
                        .layers().stream()
                                .map(Layer::module)
                                .filter(modules::contains)
                                .map(module ->
                                        "%s replaces %s as a whole, and %s has LoRA factors for it, which PEFT can't load together. Leave one of them out."
                                                .formatted(first.adapter.address(), module, version.adapter.address())))
                .findFirst();
    }

    private Optional<AdapterVersion> version(String text) {
        return AdapterAddress.find(text)
                .flatMap(address -> Adapter.at(address.publisher(), address.name())
                        .filter(rights::maySee)
                        .flatMap(adapter -> address.version().isEmpty()
                                ? Optional.ofNullable(adapter.newest())
                                : AdapterVersion.of(adapter, address.version().get())));
    }

    /**
     * The requested base model, else that of the candidates.
     *
     * @param causes receives the errors found
     * @return null if it is invalid or unknown
     */
    public static BaseModelRecord baseModel(
            Optional<String> asked, List<AdapterVersion> candidates, List<FieldError> causes) {
        List<String> named =
                candidates.stream().map(v -> v.adapter.baseModel).distinct().toList();
        if (named.size() > 1) {
            causes.add(new FieldError(
                    "candidates",
                    "Only adapters for the same base model can be combined; these were trained on %s."
                            .formatted(String.join(" and ", named))));
            return null;
        }
        Optional<String> name =
                asked.filter(n -> !n.isBlank()).or(() -> named.stream().findFirst());
        if (name.isEmpty()) return null;
        if (!named.isEmpty() && !named.get(0).equals(name.get())) {
            causes.add(new FieldError(
                    "base_model", "The candidates were trained on %s, not on %s.".formatted(named.get(0), name.get())));
            return null;
        }
        Optional<BaseModelRecord> base = BaseModelRecord.named(name.get());
        if (base.isEmpty()) {
            causes.add(new FieldError(
                    "base_model",
                    "The base model %s is not registered on this hub; an admin can register it."
                            .formatted(name.get())));
        }
        return base.orElse(null);
    }

    /**
     * Errors for another run's candidates that the viewer must not use: sharing a run does not share its private
     * adapters.
     */
    List<FieldError> unseen(List<RunCandidate> candidates) {
        return candidates.stream()
                .filter(candidate -> candidate.isDeleted() || !rights.maySee(candidate.version().adapter))
                .map(candidate -> new FieldError(
                        "candidates",
                        "You can no longer use the adapter %s. Start a run without it.".formatted(candidate.address())))
                .toList();
    }

    /** Whether these addresses, with or without versions, name these versions in this order. */
    public static boolean areThose(List<String> addresses, List<RunCandidate> candidates) {
        if (addresses.size() != candidates.size()) return false;
        for (int i = 0; i < addresses.size(); i++) {
            RunCandidate candidate = candidates.get(i);
            if (!List.of(candidate.address(), candidate.addressWithVersion()).contains(addresses.get(i))) return false;
        }
        return true;
    }
}
