package io.lorahub.imports.source;

import io.lorahub.web.ProblemException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A repository of a hub, as members name it.
 *
 * @param hub address without a path; empty if only the repository is named
 * @param repository {@code owner/name}, or a single name
 * @param revision branch, tag or commit
 * @param subfolder of the repository; empty for its top
 */
public record RepositoryAddress(Optional<URI> hub, String repository, String revision, Optional<String> subfolder) {

    private static final String MAIN = "main";
    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,95}";
    private static final Pattern REPOSITORY = Pattern.compile(NAME + "(/" + NAME + ")?");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/+-]{0,199}");
    private static final Pattern VERSION = Pattern.compile("(?:^|&)version=([^&]+)");
    private static final Pattern FOLDER = Pattern.compile("[^/\\\\\\p{C}]{1,200}(/[^/\\\\\\p{C}]{1,200}){0,9}");

    /**
     * Reads {@code owner/name}, {@code owner/name@revision} or the address of a repository's page.
     *
     * @param field that the text comes from, for messages
     * @throws ProblemException if it is none of these
     */
    public static RepositoryAddress of(String text, String field) {
        String given = text == null ? "" : text.strip();
        if (given.isEmpty()) {
            throw ProblemException.invalid(field, "Name the adapter, such as owner/name, or give its page's address.");
        }
        return given.contains("://") ? ofPage(given, field) : ofName(Optional.empty(), given, field);
    }

    private static RepositoryAddress ofPage(String text, String field) {
        URI page;
        try {
            page = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw unusable(text, field);
        }
        if (page.getHost() == null || page.getRawPath() == null) throw unusable(text, field);
        Optional<URI> hub = Optional.of(origin(page, field));
        List<String> words = Arrays.stream(page.getRawPath().split("/"))
                .filter(word -> !word.isEmpty())
                .map(word -> URLDecoder.decode(word.replace("+", "%2B"), StandardCharsets.UTF_8))
                .toList();
        if (words.isEmpty()) throw unusable(text, field);
        String path = String.join("/", words.subList(0, Math.min(2, words.size())));
        if (words.size() > 3) return ofRevision(ofName(hub, path + "@" + words.get(3), field), words, text, field);
        if (words.size() > 2) throw unusable(text, field);
        Matcher version = VERSION.matcher(page.getRawQuery() == null ? "" : page.getRawQuery());
        return ofName(hub, version.find() ? path + "@" + version.group(1) : path, field);
    }

    /** @param words of the page's path: owner, name, what it shows, revision, and the path in the repository */
    private static RepositoryAddress ofRevision(RepositoryAddress top, List<String> words, String text, String field) {
        List<String> below = words.subList(4, words.size());
        return switch (words.get(2)) {
            case "tree" -> top.at(String.join("/", below), field);
            case "blob", "resolve" -> top.at(String.join("/", below.subList(0, Math.max(0, below.size() - 1))), field);
            case "commit" -> top;
            default -> throw unusable(text, field);
        };
    }

    /**
     * A folder of the repository.
     *
     * @param folder its path; null or empty for this address itself
     * @throws ProblemException if that isn't a path
     */
    public RepositoryAddress at(String folder, String field) {
        String path = folder == null ? "" : folder.strip().replaceAll("^/+|/+$", "");
        if (path.isEmpty()) return this;
        if (!FOLDER.matcher(path).matches() || Arrays.stream(path.split("/")).anyMatch(w -> w.matches("\\.\\.?"))) {
            throw ProblemException.invalid(
                    field,
                    "\"%s\" isn't the path of a folder in a repository, such as checkpoints/last."
                            .formatted(shown(path)));
        }
        return new RepositoryAddress(hub, repository, revision, Optional.of(path));
    }

    /** The address of a hub, without a path. */
    public static URI origin(URI address, String field) {
        if (address.getHost() == null || address.getScheme() == null || address.getRawUserInfo() != null) {
            throw ProblemException.invalid(
                    field, "\"%s\" isn't a hub's address such as https://hub.example.".formatted(address));
        }
        String port = address.getPort() == -1 ? "" : ":" + address.getPort();
        return URI.create("%s://%s%s"
                .formatted(
                        address.getScheme().toLowerCase(Locale.ROOT),
                        address.getHost().toLowerCase(Locale.ROOT),
                        port));
    }

    private static RepositoryAddress ofName(Optional<URI> hub, String text, String field) {
        int at = text.indexOf('@');
        String repository = at < 0 ? text : text.substring(0, at);
        String revision = at < 0 ? MAIN : text.substring(at + 1);
        if (!REPOSITORY.matcher(repository).matches() || repository.contains("..")) throw unusable(text, field);
        if (!REVISION.matcher(revision).matches() || revision.contains("..")) {
            throw ProblemException.invalid(
                    field, "\"%s\" isn't a revision; give a branch, a tag or a commit.".formatted(shown(revision)));
        }
        return new RepositoryAddress(hub, repository, revision, Optional.empty());
    }

    private static ProblemException unusable(String text, String field) {
        return ProblemException.invalid(
                field,
                "\"%s\" isn't the name of an adapter such as owner/name, or its page's address."
                        .formatted(shown(text)));
    }

    private static String shown(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
