package io.lorahub.composition;

import io.lorahub.adapter.AdapterVersion;
import jakarta.persistence.Embeddable;
import jakarta.persistence.FetchType;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.ManyToOne;

/**
 * One of the adapters that a run mixes. Its address is the one at the start of the run, and is kept after a deletion.
 *
 * @param address address of the adapter
 * @param label   label of the version
 * @param version null once the adapter was deleted
 */
@Embeddable
public record RunCandidate(
        String address,
        String label,

        @ManyToOne(fetch = FetchType.LAZY) @JoinColumn(name = "version_id")
        AdapterVersion version) {

    public static RunCandidate of(AdapterVersion version) {
        return new RunCandidate(version.adapter.address(), version.label, version);
    }

    public boolean isDeleted() {
        return version == null;
    }

    /** Name without the publisher: {@code un} for {@code lab-a/un}. */
    public String name() {
        return name(address);
    }

    public static String name(String address) {
        return address.substring(address.indexOf('/') + 1);
    }

    /** Address as requests write it: {@code lab-a/un@v1}. */
    public String addressWithVersion() {
        return address + "@" + label;
    }

    public boolean isOf(AdapterVersion other) {
        return version != null && version.id.equals(other.id);
    }
}
