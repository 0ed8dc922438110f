/**
 * Large files that clients send before the commit that names them: by Git LFS, or by Xet where {@code hf_xet} is
 * installed. Begin with {@code FileTransfers}, which receives and keeps them; {@code LfsResource} and {@code XetResource}
 * are the two protocols.
 *
 * <p>A file is streamed into the store and hashed there. A commit can name it only in the repository that it was sent to.
 */
package io.lorahub.huggingface.transfer;
