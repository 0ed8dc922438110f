package io.lorahub.cli;

import io.lorahub.demo.DemoHub;
import io.lorahub.engine.learning.BaseModelName;
import io.lorahub.engine.learning.LearningSession;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a search chooses from, in a line: a folder may hold more than was meant.
 *
 * @param places as they were given; none for the demo hub
 * @param base   as it was given; empty for that of the demo hub, or the one that the adapters name
 */
record CandidateSummary(List<Path> places, Optional<String> base) {

    private static final int SHOWN = 3;

    String of(LearningSession session) {
        int count = session.adapters().size();
        return "%s from %s, base model %s"
                .formatted(TextLines.count(count, "candidate"), from(), base.orElseGet(() -> named(session)))
                .replaceAll("\\p{Cntrl}", "");
    }

    private String from() {
        if (places.isEmpty()) return "the demo hub";
        String more = places.size() > SHOWN ? " and %d more".formatted(places.size() - SHOWN) : "";
        return places.stream().limit(SHOWN).map(Path::toString).collect(Collectors.joining(", ")) + more;
    }

    private static String named(LearningSession session) {
        Path demo = DemoHub.open().base();
        return session.base().folder().equals(demo) ? DemoHub.BASE_MODEL : BaseModelName.named(session.adapters());
    }
}
