/**
 * The member's uploads as pages and in the API. Begin with {@code DraftPage}, the page of one upload until it is
 * published, or with {@code UploadResource}, which offers programs the same.
 *
 * <p>The rules are in the other packages, so that pages and API refuse the same things. The pages work without scripts.
 * The bytes of files go to {@code UploadFileResource} in {@code transfer}.
 */
package io.lorahub.upload.page;
