package io.lorahub.composition.result;

import io.lorahub.composition.RunCandidate;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunSpec;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.names.EnumNames;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.text.diff.CommandVisitor;
import org.apache.commons.text.diff.StringsComparator;

/**
 * Predictions of base, best single adapter and mix for each example.
 *
 * @param heldOut whether these are held-out examples rather than those that the search used
 * @param show    which rows to show
 * @param counts  number of rows of each kind
 * @param rows    rows on the current page
 * @param single  name of the best single adapter
 * @param mix     what the adapter in the files is called
 */
public record PredictionTable(
        boolean heldOut, Show show, Map<Show, Integer> counts, List<Row> rows, String single, String mix) {

    /** Number of rows on a page until all are requested. */
    private static final int FIRST = 10;

    private static final int LONG = 80;

    public enum Show {
        ALL("All"),
        GAINED("Right only with the mix"),
        WRONG("Mix is wrong"),
        LOST("Lost by the mix");

        private final String title;

        Show(String title) {
            this.title = title;
        }

        public String title() {
            return title;
        }

        public String word() {
            return EnumNames.of(this);
        }

        static Show of(String word) {
            return EnumNames.find(Show.class, word).orElse(ALL);
        }

        boolean has(Row row) {
            boolean without = row.base.right || row.single.right;
            return switch (this) {
                case ALL -> true;
                case GAINED -> row.composed.right && !without;
                case WRONG -> !row.composed.right;
                case LOST -> !row.composed.right && without;
            };
        }
    }

    public record Row(String input, String expected, Said base, Said single, Said composed) {

        /** Whether its texts are longer than a few words and need wider columns. */
        public boolean isLong() {
            return Math.max(input.length(), expected.length()) > LONG;
        }
    }

    public record Said(boolean right, List<TextDifference.Piece> pieces) {

        static Said of(String said, String expected) {
            return new Said(said.equals(expected), TextDifference.of(said, expected));
        }
    }

    /** @param all whether to show every row */
    static PredictionTable of(RunSpec spec, RunResult result, Show show, boolean all) {
        return of(spec, result, show, all ? Integer.MAX_VALUE : FIRST);
    }

    /** @param most number of rows to show */
    static PredictionTable of(RunSpec spec, RunResult result, Show show, int most) {
        boolean heldOut = !spec.heldOut().isEmpty();
        List<Example> examples = heldOut ? spec.heldOut() : spec.examples();
        Map<Show, Integer> counts = new EnumMap<>(Show.class);
        for (Show kind : Show.values()) counts.put(kind, 0);
        List<Row> rows = new ArrayList<>();
        for (int i = 0;
                i < examples.size() && i < result.written().predictions().size();
                i++) {
            Row row = row(examples.get(i), result, i);
            for (Show kind : Show.values()) {
                if (kind.has(row)) counts.merge(kind, 1, Integer::sum);
            }
            if (show.has(row) && rows.size() < most) rows.add(row);
        }
        return new PredictionTable(
                heldOut,
                show,
                counts,
                rows,
                RunCandidate.name(result.bestSingle.name()),
                result.isTrained() ? "Refined" : "Composed");
    }

    private static Row row(Example example, RunResult result, int i) {
        String expected = example.output();
        return new Row(
                example.input(),
                expected,
                Said.of(result.base.predictions().get(i), expected),
                Said.of(result.bestSingle.predictions().get(i), expected),
                Said.of(result.written().predictions().get(i), expected));
    }

    public List<Show> filters() {
        return List.of(Show.values());
    }

    public int count(Show kind) {
        return counts.get(kind);
    }

    public int total() {
        return counts.get(show);
    }

    public boolean isCut() {
        return rows.size() < total();
    }

    /**
     * Compares a prediction with the wanted text letter by letter (Myers 1986): wrong letters are marked, and there is a
     * gap where letters are missing.
     */
    public static final class TextDifference implements CommandVisitor<Character> {

        /** Consecutive letters of one kind; those of a gap are wanted but missing from the prediction. */
        public record Piece(Kind kind, String text) {

            /** Dots in place of missing letters; more than three would add nothing. */
            public String dots() {
                return "·".repeat(Math.min(3, text.length()));
            }
        }

        public enum Kind {
            SAME,
            WRONG,
            MISSING
        }

        private final List<Piece> pieces = new ArrayList<>();
        private final StringBuilder same = new StringBuilder();
        private final StringBuilder wrong = new StringBuilder();
        private final StringBuilder missing = new StringBuilder();

        private TextDifference() {}

        static List<Piece> of(String said, String expected) {
            // the common prefix stays together, although an equally short edit script may split it
            int begin = 0;
            while (begin < Math.min(said.length(), expected.length()) && said.charAt(begin) == expected.charAt(begin))
                begin++;
            TextDifference difference = new TextDifference();
            difference.same.append(said, 0, begin);
            new StringsComparator(said.substring(begin), expected.substring(begin))
                    .getScript()
                    .visit(difference);
            difference.endSame();
            difference.endChange();
            return difference.pieces;
        }

        @Override
        public void visitKeepCommand(Character letter) {
            endChange();
            same.append(letter);
        }

        @Override
        public void visitDeleteCommand(Character letter) {
            endSame();
            wrong.append(letter);
        }

        @Override
        public void visitInsertCommand(Character letter) {
            endSame();
            missing.append(letter);
        }

        private void endSame() {
            add(Kind.SAME, same.toString());
            same.setLength(0);
        }

        /** A wrong letter replaces a wanted one; only the wanted letters beyond that count as missing. */
        private void endChange() {
            add(Kind.WRONG, wrong.toString());
            if (missing.length() > wrong.length()) add(Kind.MISSING, missing.substring(wrong.length()));
            wrong.setLength(0);
            missing.setLength(0);
        }

        private void add(Kind kind, String text) {
            if (!text.isEmpty()) pieces.add(new Piece(kind, text));
        }
    }
}
