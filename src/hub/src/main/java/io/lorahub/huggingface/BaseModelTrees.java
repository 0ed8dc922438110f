package io.lorahub.huggingface;

import io.lorahub.adapter.repository.Tree;
import io.lorahub.adapter.repository.TreeFile;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.storage.Blob;
import io.quarkus.narayana.jta.QuarkusTransaction;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/** Base models as repositories: a model has one commit, whose id follows from its name and files. */
@ApplicationScoped
class BaseModelTrees {

    static final String LIBRARY = "transformers";

    private final GitIds ids;

    /** By id of the commit; a hub has few base models, and their files do not change. */
    private final Map<String, Tree> trees = new ConcurrentHashMap<>();

    BaseModelTrees(GitIds ids) {
        this.ids = ids;
    }

    Commit commit(BaseModelRecord model) {
        String oid = DigestUtils.sha1Hex("base model\0" + model.name + "\0" + model.files);
        Tree tree = trees.computeIfAbsent(oid, absent -> tree(model.files));
        return new Commit(oid, "Register " + model.name, "", "", model.createdAt, tree);
    }

    private Tree tree(Map<String, String> files) {
        Map<String, Long> sizes = QuarkusTransaction.requiringNew()
                .call(() -> Blob.<Blob>list("sha256 in ?1", files.values()).stream()
                        .collect(Collectors.toMap(blob -> blob.sha256, blob -> blob.size)));
        List<TreeFile> entries = new ArrayList<>();
        files.forEach((name, sha256) -> entries.add(ids.file(name, sizes.getOrDefault(sha256, 0L), sha256)));
        return Tree.of(entries);
    }
}
