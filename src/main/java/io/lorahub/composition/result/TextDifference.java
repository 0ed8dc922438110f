package io.lorahub.composition.result;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.text.diff.CommandVisitor;
import org.apache.commons.text.diff.StringsComparator;

/**
 * Compares a prediction with the wanted text letter by letter (Myers 1986): wrong letters are marked, and there is a
 * gap where letters are missing.
 */
public final class TextDifference implements CommandVisitor<Character> {

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

    static List<Piece> of(String said, String wanted) {
        // the common prefix stays together, although an equally short edit script may split it
        int begin = 0;
        while (begin < Math.min(said.length(), wanted.length()) && said.charAt(begin) == wanted.charAt(begin)) begin++;
        TextDifference difference = new TextDifference();
        difference.same.append(said, 0, begin);
        new StringsComparator(said.substring(begin), wanted.substring(begin))
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
