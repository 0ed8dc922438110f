package io.lorahub.huggingface.writing;

import io.lorahub.upload.FilePath;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import java.util.List;
import java.util.Locale;

/** Checks paths of files in a repository. */
final class RepositoryPath {

    /** What loaders of other programs unpickle, that is, execute. */
    private static final List<String> PICKLES = List.of(".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib");

    private RepositoryPath() {}

    /**
     * @return the path without slashes at its ends
     * @throws ProblemException for paths that lead out of the repository or cannot be shown
     */
    static String of(String path) {
        String plain = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        FilePath.of(plain);
        if (plain.toLowerCase(Locale.ROOT).matches("(?:.*/)?\\.git(?:/.*)?")) {
            throw ProblemException.invalid(
                    List.of(new FieldError("files", "The path \"%s\" is Git's own.".formatted(plain))));
        }
        return plain;
    }

    /** @throws ProblemException if no path of a file can be so long */
    static void requireLength(String path) {
        if (path.length() > FilePath.MAX_PATH) {
            throw ProblemException.invalid(
                    "files",
                    "A path has %,d characters; the limit is %,d.".formatted(path.length(), FilePath.MAX_PATH));
        }
    }

    /** Whether the file is pickled, other than the weights of the adapter, which the checks convert. */
    static boolean isPickle(String path) {
        String name = path.toLowerCase(Locale.ROOT);
        return !path.equals("adapter_model.bin") && PICKLES.stream().anyMatch(name::endsWith);
    }
}
