package io.lorahub.upload;

import io.lorahub.web.ProblemException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The parsed name of a file, as given by a browser, a program or a zip.
 *
 * @param folder including all parents, each followed by a slash; empty for none
 * @param name in PEFT's spelling for an adapter's file, otherwise as given
 */
public record FilePath(String folder, String name, FileKind kind) {

    public static final int MAX_PATH = 1000;
    private static final int MAX_NAME = 255;

    /** Folders, one in another. Lists of folders grow with files times depth. */
    private static final int MAX_DEPTH = 32;

    private static final String CONFIG = "adapter_config.json";
    private static final String SAFETENSORS = "adapter_model.safetensors";
    private static final String BIN = "adapter_model.bin";
    public static final String README = "README.md";

    /** The file that says what an adapter was composed of. */
    public static final String RECIPE = "recipe.json";

    private static final Map<String, String> KEPT =
            Map.of(CONFIG, CONFIG, SAFETENSORS, SAFETENSORS, BIN, BIN, "readme.md", README, RECIPE, RECIPE);

    /** @throws ProblemException for names that lead out of the folder or cannot be shown */
    public static FilePath of(String path) {
        if (path == null || path.isBlank()) throw refused("", "is empty");
        if (path.length() > MAX_PATH) throw refused(path, "has more than %d characters".formatted(MAX_PATH));
        if (path.codePoints().anyMatch(FilePath::isInvisible))
            throw refused(path, "contains characters that cannot be shown");
        if (path.startsWith("/") || path.indexOf('\\') >= 0 || path.matches("[A-Za-z]:.*")) {
            throw refused(path, "isn't a name or a path inside the adapter's folder");
        }
        List<String> words = List.of(path.split("/", -1));
        if (words.contains("..") || words.contains(".") || words.contains("")) {
            throw refused(path, "leads out of its folder or doesn't name a file");
        }
        if (words.size() > MAX_DEPTH + 1) throw refused(path, "lies in more than %d folders".formatted(MAX_DEPTH));
        String name = words.get(words.size() - 1);
        if (name.length() > MAX_NAME) throw refused(name, "has more than %d characters".formatted(MAX_NAME));
        String known = KEPT.get(name.toLowerCase(Locale.ROOT));
        return new FilePath(
                path.substring(0, path.length() - name.length()), known == null ? name : known, kind(name, known));
    }

    /** Whether the path's last word is a file name that the hub handles, regardless of the rest of the path. */
    public static boolean isTaken(String path) {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return kind(name, KEPT.get(name.toLowerCase(Locale.ROOT))) != FileKind.IGNORED;
    }

    private static FileKind kind(String name, String known) {
        if (known != null) return FileKind.KEPT;
        return name.toLowerCase(Locale.ROOT).endsWith(".zip") ? FileKind.ARCHIVE : FileKind.IGNORED;
    }

    /** Whether this file shows that its folder contains an adapter. */
    boolean marksAdapter() {
        return kind == FileKind.KEPT && !isText();
    }

    /** Whether this is a file that an adapter can do without. */
    boolean isText() {
        return name.equals(README) || name.equals(RECIPE);
    }

    boolean isWeights() {
        return name.equals(SAFETENSORS) || name.equals(BIN);
    }

    /** Whether an adapter can have only one of the two files. */
    boolean replaces(String other) {
        return name.equals(other) || isWeights() && (other.equals(SAFETENSORS) || other.equals(BIN));
    }

    /** Whether these are pickled weights, which are not needed if safetensors are sent as well. */
    boolean isSecondChoice() {
        return name.equals(BIN);
    }

    boolean isFirstChoice() {
        return name.equals(SAFETENSORS);
    }

    private static boolean isInvisible(int character) {
        int type = Character.getType(character);
        return type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE;
    }

    private static ProblemException refused(String name, String why) {
        String shown = name.length() <= 100 ? name : name.substring(0, 100) + "…";
        return ProblemException.invalid(
                "files", "The file name \"%s\" %s.".formatted(shown.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}]", "?"), why));
    }
}
