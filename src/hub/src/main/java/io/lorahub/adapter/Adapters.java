package io.lorahub.adapter;

import io.lorahub.account.ReservedNames;
import io.lorahub.storage.Blob;
import io.lorahub.web.ProblemException;
import io.lorahub.web.budget.RequestBudgets;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The adapters that the viewer can see. */
@ApplicationScoped
public class Adapters {

    private final AdapterRights rights;
    private final FormerNames names;
    private final RequestBudgets budgets;

    Adapters(AdapterRights rights, FormerNames names, RequestBudgets budgets) {
        this.rights = rights;
        this.names = names;
        this.budgets = budgets;
    }

    public boolean maySee(ModeratedEntity moderated) {
        return rights.maySee(moderated);
    }

    /** @throws ProblemException not found, if it does not exist or the viewer must not know about it */
    public Adapter visible(String publisher, String name) {
        return Adapter.at(publisher, name).filter(rights::maySee).orElseThrow(() -> absent(publisher, name));
    }

    /**
     * The adapter, or the repository of this name that holds none.
     *
     * @throws ProblemException not found, if neither exists or the viewer must not know about it
     */
    public ModeratedEntity visibleModerated(String publisher, String name) {
        return moderated(publisher, name).orElseThrow(() -> absent(publisher, name));
    }

    /** Empty if it does not exist or the viewer must not know about it. */
    private Optional<ModeratedEntity> moderated(String publisher, String name) {
        return Adapter.at(publisher, name)
                .map(adapter -> (ModeratedEntity) adapter)
                .or(() -> Repository.withoutAdapter(publisher, name))
                .filter(rights::maySee);
    }

    /** What to answer if the viewer can see nothing of this name: where it was moved, or that there is nothing. */
    private RuntimeException absent(String publisher, String name) {
        if (ReservedNames.isAddress(publisher)) return ProblemException.notFound();
        return names.present(publisher, name)
                .filter(to -> moderated(to.substring(0, to.indexOf('/')), to.substring(to.indexOf('/') + 1))
                        .isPresent())
                .<RuntimeException>map(to -> new MovedException(publisher + "/" + name, to))
                .orElseGet(() -> ProblemException.notFound("adapter"));
    }

    /** @throws ProblemException not found, if the adapter has no such version */
    public AdapterVersion version(Adapter adapter, String label) {
        return AdapterVersion.of(adapter, label).orElseThrow(() -> noVersion(adapter, label));
    }

    public static ProblemException noVersion(Adapter adapter, String label) {
        return ProblemException.notFound("version " + label + " of " + adapter.address());
    }

    /** The full view, with all versions. */
    public AdapterView view(Adapter adapter) {
        List<AdapterVersion> versions = AdapterVersion.of(adapter);
        Map<String, Long> sizes = sizes(versions);
        Map<Long, String> facts = AdapterVersion.factsOf(adapter);
        budgets.current().hold(facts.values().stream().mapToLong(String::length).sum());
        return AdapterView.full(
                adapter,
                mayKnowReason(adapter),
                versions.stream()
                        .map(v -> VersionView.of(v, sizes, facts.get(v.id)))
                        .toList());
    }

    /** Reasons for moderation are visible only to moderators and the publisher. */
    public boolean mayKnowReason(ModeratedEntity moderated) {
        return rights.mayEdit(moderated) || rights.mayModerate(moderated);
    }

    /** Sizes in bytes, by SHA-256. */
    public Map<String, Long> sizes(Collection<AdapterVersion> versions) {
        List<String> hashes = versions.stream()
                .flatMap(v -> v.files.values().stream())
                .distinct()
                .toList();
        if (hashes.isEmpty()) return Map.of();
        return Blob.<Blob>list("sha256 in ?1", hashes).stream()
                .collect(Collectors.toMap(b -> b.sha256, b -> b.size, (a, b) -> a));
    }
}
