/**
 * Checks of uploads and base models in the background. Begin with {@code UploadCheckWorker}, {@code UploadCheck} and {@code
 * RegistrationCheck}; {@code CheckMain} and {@code ModelCheckMain} are the processes that read the files.
 *
 * <p>Untrusted files are read only in such a separate process, with a limit on memory and time. Nothing in a file is
 * executed, except that a base model is run once. A check that was cut off starts again in another process.
 */
package io.lorahub.uploadcheck;
