/**
 * How the command line talks to a hub: download, upload, runs. Begin with {@code HubClient}, then
 * {@code AdapterDownload}, {@code AdapterUpload} and {@code RemoteRun}.
 *
 * <p>Redirects are not followed, as they would take the token elsewhere. Transfers resume where they stopped, and
 * every file is compared with its SHA-256.
 */
package io.lorahub.remote;
