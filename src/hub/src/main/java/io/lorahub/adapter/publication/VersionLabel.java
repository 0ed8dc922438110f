package io.lorahub.adapter.publication;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version label according to semver.org, without pre-release and build: {@code 1.4.0}. */
public record VersionLabel(long major, long minor, long patch) implements Comparable<VersionLabel> {

    public static final VersionLabel FIRST = new VersionLabel(1, 0, 0);

    private static final String NUMBER = "(0|[1-9][0-9]{0,8})";
    private static final Pattern FORM = Pattern.compile(NUMBER + "\\." + NUMBER + "\\." + NUMBER);
    private static final Comparator<VersionLabel> ORDER = Comparator.comparingLong(VersionLabel::major)
            .thenComparingLong(VersionLabel::minor)
            .thenComparingLong(VersionLabel::patch);

    /** Empty if the text is not a label. */
    public static Optional<VersionLabel> of(String text) {
        Matcher m = FORM.matcher(text);
        return m.matches()
                ? Optional.of(new VersionLabel(
                        Long.parseLong(m.group(1)), Long.parseLong(m.group(2)), Long.parseLong(m.group(3))))
                : Optional.empty();
    }

    /** The proposed label for the version after this one. */
    public VersionLabel next() {
        return new VersionLabel(major, minor + 1, 0);
    }

    @Override
    public int compareTo(VersionLabel other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
