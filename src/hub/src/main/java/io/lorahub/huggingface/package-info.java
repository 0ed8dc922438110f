/**
 * The protocol of the Hugging Face Hub, so that its stock clients read from this hub and write to it. Begin with
 * {@code Repositories}, which finds a repository and its commits; {@code writing} applies what clients send.
 *
 * <p>An adapter is a repository: each version is a commit with a tag, and each change of the card is a commit of
 * README.md. A commit and its id never change, unless its publisher gives storage back. Base models are repositories with
 * a single commit.
 * {@code AdapterRights} decides who sees what, as on the pages.
 */
package io.lorahub.huggingface;
