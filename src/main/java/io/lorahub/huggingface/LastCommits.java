package io.lorahub.huggingface;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The last commit that changed each file and folder. */
@ApplicationScoped
class LastCommits {

    private final Repositories repositories;

    LastCommits(Repositories repositories) {
        this.repositories = repositories;
    }

    /** By path; those of folders end with a slash. */
    Map<String, Commit> of(HubRepository repository, Commit commit) {
        List<Commit> history = repositories.history(repository, commit.oid());
        Map<String, Commit> last = new HashMap<>();
        for (TreeFile file : commit.tree().files().values()) last.put(file.path(), introduced(file, history));
        for (String folder : commit.tree().folders("")) {
            Commit newest = commit.tree().below(folder).stream()
                    .map(file -> last.get(file.path()))
                    .max((one, other) -> one.at().compareTo(other.at()))
                    .orElse(commit);
            last.put(folder + "/", newest);
        }
        return last;
    }

    /** @param history newest first, beginning with a commit that has the file */
    private static Commit introduced(TreeFile file, List<Commit> history) {
        Commit since = history.get(0);
        for (Commit commit : history) {
            if (!commit.tree().file(file.path()).filter(file::equals).isPresent()) return since;
            since = commit;
        }
        return since;
    }
}
