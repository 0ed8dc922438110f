package io.lorahub.engine.learning;

import io.lorahub.engine.model.LanguageModel;
import io.lorahub.engine.model.format.Examples;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Examples packed in parts that fit into memory one by one. If they don't fit all together, each part is packed for each
 * use, since what is packed of a long input of an encoder-decoder model takes memory by the square of its length.
 */
final class ExampleParts implements AutoCloseable {

    /** Number of examples in a part at most. A computation can only be stopped between parts. */
    static final int LARGEST = 128;

    /** Number of examples that are kept packed at most; to find out whether more would fit takes too long. */
    private static final int MOST_KEPT = 8 * LARGEST;

    /** Whether several examples are divided. */
    interface Limit {
        /** @param separate whether no token is packed once for several examples */
        boolean isExceeded(ExampleSet examples, boolean separate);
    }

    /** Receives a part and the index of its first example. */
    interface Use {
        void accept(int first, Examples part);
    }

    private final LanguageModel model;
    private final boolean separate;
    private final Limit limit;
    private final List<ExampleSet> parts = new ArrayList<>();

    /** One for each part, or empty if each is packed for each use. */
    private final List<Examples> packed = new ArrayList<>();

    ExampleParts(LanguageModel model, ExampleSet set, boolean separate, Limit limit) {
        this.model = model;
        this.separate = separate;
        this.limit = limit;
        for (int i = 0; i < set.size(); i += LARGEST) divide(set.from(i, Math.min(set.size(), i + LARGEST)));
        if (set.size() > MOST_KEPT || limit.isExceeded(set, separate)) return;
        try {
            parts.forEach(part -> packed.add(pack(part)));
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private void divide(ExampleSet some) {
        if (some.size() > 1 && limit.isExceeded(some, separate)) {
            int middle = some.size() / 2;
            divide(some.from(0, middle));
            divide(some.from(middle, some.size()));
        } else {
            parts.add(some);
        }
    }

    private Examples pack(ExampleSet some) {
        return separate
                ? model.separateExamples(some.inputs(), some.outputs())
                : model.examples(some.inputs(), some.outputs());
    }

    boolean isOnlyOne() {
        return parts.size() == 1;
    }

    <T> T first(Function<Examples, T> use) {
        return use(0, use);
    }

    void each(Use use) {
        int first = 0;
        for (int i = 0; i < parts.size(); i++) {
            int start = first;
            first += use(i, part -> {
                use.accept(start, part);
                return part.count();
            });
        }
    }

    private <T> T use(int part, Function<Examples, T> use) {
        if (!packed.isEmpty()) return use.apply(packed.get(part));
        try (Examples once = pack(parts.get(part))) {
            return use.apply(once);
        }
    }

    @Override
    public void close() {
        packed.forEach(Examples::close);
    }
}
