/**
 * Writing to repositories: commits, and creating, moving and deleting repositories. Begin with {@code Commits}, which
 * applies a commit that {@code CommitReader} has read, and publishes the adapter in it. {@code RepositoryHistory} is the only one that removes commits and files of commits.
 *
 * <p>Versions are created only through uploads, with the same checks. If a commit is refused, nothing has changed.
 */
package io.lorahub.huggingface.writing;
