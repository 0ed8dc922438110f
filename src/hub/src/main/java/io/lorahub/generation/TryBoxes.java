package io.lorahub.generation;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.basemodel.BaseModelRecord;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Named;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The forms on the pages of adapters and base models, as {@code inject:tryBoxes} in templates. */
@Named("tryBoxes")
@ApplicationScoped
public class TryBoxes {

    private final GenerationConfig config;
    private final Viewer viewer;
    private final GenerationLimits limits;
    private final Completions completions;

    TryBoxes(GenerationConfig config, Viewer viewer, GenerationLimits limits, Completions completions) {
        this.config = config;
        this.viewer = viewer;
        this.limits = limits;
        this.completions = completions;
    }

    /**
     * What the viewer, or visitors from their network address, can still have written.
     *
     * @param requests  left of {@code perDay}, over the last 24 hours
     * @param tokens    left of {@code tokensPerDay}, read and written
     * @param perMinute requests
     */
    public record Left(long requests, int perDay, long tokens, int tokensPerDay, int perMinute) {}

    /** Only for those who can try something. */
    public Left left() {
        return limits.used(completions.owner()).left();
    }

    /** null if the viewer can't try it, or if nobody can, because its base model isn't here. */
    public TryBox of(Adapter adapter, AdapterVersion version, boolean newest) {
        Optional<BaseModelRecord> base = BaseModelRecord.named(adapter.baseModel);
        if (!isOpen() || base.isEmpty() || adapter.isTakenDown() || version.files.isEmpty()) return null;
        String name = newest ? adapter.address() : adapter.address() + "@" + version.label;
        return TryBox.of(
                model(name, base.get(), List.of()),
                Stream.ofNullable(adapter.exampleInput)
                        .filter(input -> !input.isEmpty())
                        .toList());
    }

    /** null if the viewer can't try it. */
    public TryBox ofBase(BaseModelRecord base) {
        return isOpen() ? TryBox.of(model(base.name, base, List.of()), List.of()) : null;
    }

    private boolean isOpen() {
        return config.visitors() || viewer.isSignedIn();
    }

    static TryBox.Model model(String name, BaseModelRecord base, List<TryBox.Part> parts) {
        return new TryBox.Model(name, base.name, Boolean.TRUE.equals(base.chatTemplate), parts);
    }
}
