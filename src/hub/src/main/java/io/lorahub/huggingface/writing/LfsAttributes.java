package io.lorahub.huggingface.writing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which files a .gitattributes file at the root gives to Git LFS: the last line that fits decides (git, gitattributes(5)). */
final class LfsAttributes {

    private static final int MOST_LINES = 200;
    private static final int LONGEST_LINE = 400;

    private record Line(String glob, boolean lfs) {}

    private final List<Line> lines = new ArrayList<>();
    private final MatchingWork work = new MatchingWork();

    /** Leaves out lines that are longer than any path, those beyond the first ones, and those without a filter. */
    LfsAttributes(String text) {
        text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#") && line.length() <= LONGEST_LINE)
                .limit(MOST_LINES)
                .forEach(line -> line(line).ifPresent(lines::add));
    }

    private static Optional<Line> line(String text) {
        List<String> words = List.of(text.split("\\s+"));
        List<String> attributes = words.subList(1, words.size());
        boolean lfs = attributes.contains("filter=lfs");
        if (!lfs && attributes.stream().noneMatch(word -> word.matches("[-!]?filter(?:=.*)?"))) return Optional.empty();
        String glob = words.get(0);
        if (!glob.contains("/")) glob = "**/" + glob;
        return Optional.of(new Line(glob.startsWith("/") ? glob.substring(1) : glob, lfs));
    }

    boolean contains(String path) {
        boolean contained = false;
        for (Line line : lines) {
            if (line.lfs() == contained) continue;
            work.take(line.glob(), path);
            if (IgnoredFiles.matches(line.glob(), path)) contained = line.lfs();
        }
        return contained;
    }
}
