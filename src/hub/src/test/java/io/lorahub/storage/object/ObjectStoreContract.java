package io.lorahub.storage.object;

/** What every object store does. */
public abstract class ObjectStoreContract
        implements ReadingContract, StagingContract, KeyContract, ConcurrencyContract {}
