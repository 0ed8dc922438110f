package io.lorahub.huggingface;

import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Errors with the header X-Error-Code, from which clients choose the exception that they raise. */
public final class HubErrors {

    private static final String CODE = "X-Error-Code";
    private static final String MESSAGE = "X-Error-Message";

    /** Clients compare the whole text. */
    private static final String DISABLED = "Access to this resource is disabled.";

    private HubErrors() {}

    /** Also for repositories that the viewer must not know about. Clients explain this one themselves. */
    static ProblemException noRepository(String id) {
        return notFound(
                "RepoNotFound",
                "There is no repository %s, or it is private and you are not signed in as someone who can see it."
                        .formatted(id),
                Map.of(MESSAGE, "Repository not found"));
    }

    /** The hub has no such thing as {@code create_pr}, on which clients otherwise go on as if it had. */
    public static ProblemException noPullRequests() {
        return ProblemException.badRequest("This hub has no pull requests; commit to main, or to a branch.");
    }

    static ProblemException noPublisher(String why) {
        return problem(ProblemType.NOT_FOUND, why, Map.of());
    }

    public static ProblemException noRevision(String id, String revision) {
        return notFound("RevisionNotFound", "%s has no revision %s.".formatted(id, revision), Map.of());
    }

    static ProblemException noEntry(String id, String path, Commit commit) {
        return notFound(
                "EntryNotFound",
                "%s has no file %s at this revision.".formatted(id, path),
                Map.of("X-Repo-Commit", commit.oid()));
    }

    /** Clients recognise the first sentence. */
    public static ProblemException noEntryToDelete(String id, String path) {
        return notFound(
                "EntryNotFound", "A file with this name doesn't exist: %s in %s.".formatted(path, id), Map.of());
    }

    /** Clients look for the first sentence. */
    public static ProblemException overtaken() {
        return problem(
                ProblemType.PRECONDITION_FAILED,
                "The branch was updated since you opened this page. Please refresh and try again."
                        + " Its head is not the parent that the commit names.",
                Map.of());
    }

    /** The hub knows the model but does not offer it for download. */
    static ProblemException gated(String why) {
        return problem(ProblemType.FORBIDDEN, why, Map.of(CODE, "GatedRepo"));
    }

    public static ProblemException takenDown(String id) {
        return problem(
                ProblemType.FORBIDDEN,
                "%s was taken down by the moderators of this hub.".formatted(id),
                Map.of(MESSAGE, DISABLED));
    }

    private static ProblemException notFound(String code, String why, Map<String, String> more) {
        Map<String, String> headers = new HashMap<>(more);
        headers.put(CODE, code);
        return problem(ProblemType.NOT_FOUND, why, headers);
    }

    private static ProblemException problem(ProblemType type, String why, Map<String, String> headers) {
        return new ProblemException(type, type.headline, why, List.of(), headers);
    }
}
