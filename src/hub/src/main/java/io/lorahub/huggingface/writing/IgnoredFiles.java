package io.lorahub.huggingface.writing;

import java.util.ArrayList;
import java.util.List;

/** The rules of a .gitignore file at the root: the last rule that fits a path decides (git, gitignore(5)). */
final class IgnoredFiles {

    private static final int MOST_RULES = 200;
    private static final int LONGEST_RULE = 200;

    /** @param folder whether it fits folders only, and so what is in them */
    private record Rule(String glob, boolean folder, boolean ignores) {}

    private final List<Rule> rules = new ArrayList<>();
    private final MatchingWork work = new MatchingWork();

    /** Leaves out rules that are longer than any path, and those beyond the first ones. */
    IgnoredFiles(String text) {
        text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#") && line.length() <= LONGEST_RULE)
                .limit(MOST_RULES)
                .forEach(line -> rules.add(rule(line)));
    }

    private static Rule rule(String line) {
        boolean ignores = !line.startsWith("!");
        String glob = ignores ? line : line.substring(1);
        boolean folder = glob.endsWith("/");
        if (folder) glob = glob.substring(0, glob.length() - 1);
        if (!glob.contains("/")) glob = "**/" + glob;
        return new Rule(glob.startsWith("/") ? glob.substring(1) : glob, folder, ignores);
    }

    boolean contains(String path) {
        boolean ignored = false;
        for (Rule rule : rules) {
            if (rule.ignores() != ignored && fits(rule, path)) ignored = rule.ignores();
        }
        return ignored;
    }

    /** Whether the path or a folder above it fits. */
    private boolean fits(Rule rule, String path) {
        work.take(rule.glob(), path);
        boolean[] reached = reached(rule.glob(), path);
        for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
            if (reached[end]) return true;
        }
        return !rule.folder() && reached[path.length()];
    }

    static boolean matches(String glob, String path) {
        return reached(glob, path)[path.length()];
    }

    /** Which beginnings of the path fit, by their lengths; in time proportional to the product of the lengths, whatever the stars. */
    private static boolean[] reached(String glob, String path) {
        boolean[] reached = new boolean[path.length() + 1]; // by the part of the glob so far
        reached[0] = true;
        for (int i = 0; i < glob.length(); ) {
            boolean folders = glob.startsWith("**/", i);
            boolean deep = glob.startsWith("**", i);
            boolean[] next = new boolean[reached.length];
            boolean before = false;
            for (int at = 0; at <= path.length(); at++) {
                char last = at == 0 ? '/' : path.charAt(at - 1);
                if (folders) {
                    before |= reached[at];
                    next[at] = reached[at] || before && last == '/';
                } else if (deep) {
                    before |= reached[at];
                    next[at] = before;
                } else if (glob.charAt(i) == '*') {
                    before = reached[at] || before && last != '/';
                    next[at] = before;
                } else {
                    next[at] =
                            at > 0 && reached[at - 1] && (glob.charAt(i) == '?' ? last != '/' : glob.charAt(i) == last);
                }
            }
            i += folders ? 3 : deep ? 2 : 1;
            reached = next;
        }
        return reached;
    }
}
