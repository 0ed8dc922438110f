package io.lorahub.huggingface;

import io.lorahub.adapter.repository.RepositoryCommit;
import io.lorahub.adapter.repository.Tree;
import java.time.Instant;

/**
 * A commit as clients see it.
 *
 * @param oid 40 hexadecimal digits
 * @param author account name; empty if nobody is known
 */
public record Commit(String oid, String title, String message, String author, Instant at, Tree tree) {

    public static Commit of(RepositoryCommit stored) {
        return new Commit(
                stored.oid,
                stored.title,
                stored.message,
                stored.author == null ? "" : stored.author.name,
                stored.createdAt,
                Tree.read(stored.tree));
    }

    /** The same, for lists of many. */
    Commit withoutFiles() {
        return new Commit(oid, title, message, author, at, Tree.EMPTY);
    }
}
