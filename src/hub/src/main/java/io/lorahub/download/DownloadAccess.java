package io.lorahub.download;

import io.lorahub.adapter.OpenTransfers;
import java.util.Optional;

/**
 * Who can see a download, and for what it counts.
 *
 * @param everybody whether everybody can see it
 * @param right what it needs until its end; empty if nothing can end it
 * @param adapter the adapter whose download count it increases; empty if none
 */
public record DownloadAccess(boolean everybody, Optional<OpenTransfers.Right> right, Optional<Long> adapter) {

    static final DownloadAccess EVERYBODY = new DownloadAccess(true, Optional.empty(), Optional.empty());

    static final DownloadAccess VIEWER = new DownloadAccess(false, Optional.empty(), Optional.empty());
}
