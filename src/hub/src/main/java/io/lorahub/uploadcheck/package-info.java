/**
 * Checks of uploads in the background. Begin with {@code UploadCheckWorker} and {@code UploadCheck};
 * {@code CheckMain} is the process that reads the files.
 *
 * <p>Untrusted files are read only in that separate process, with a limit on memory and time. Nothing in a file is
 * executed. A check that was cut off starts again in another process.
 */
package io.lorahub.uploadcheck;
