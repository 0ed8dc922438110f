/**
 * The commits of repositories: what each held, and branches and tags. Begin with {@code RepositoryCommit}; the repository
 * itself is {@code adapter.Repository}, and clients reach it through {@code huggingface}.
 *
 * <p>A commit and its id never change.
 */
package io.lorahub.adapter.repository;
