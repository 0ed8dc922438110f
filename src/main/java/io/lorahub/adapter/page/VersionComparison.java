package io.lorahub.adapter.page;

import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterVersion;
import java.util.List;

/**
 * Two versions of an adapter.
 *
 * @param versions all, newest first
 * @param difference null if both are the same version
 */
public record VersionComparison(
        Adapter adapter,
        List<AdapterVersion> versions,
        AdapterVersion from,
        AdapterVersion to,
        VersionDifference difference) {

    public String path() {
        return "/" + adapter.address();
    }

    /** Versions with release notes after the older one, up to and including the newer one, newest first. */
    public List<AdapterVersion> noted() {
        int older = Math.min(from.number, to.number);
        int newer = Math.max(from.number, to.number);
        return versions.stream()
                .filter(v -> v.number > older && v.number <= newer && !v.notes.isEmpty())
                .toList();
    }
}
