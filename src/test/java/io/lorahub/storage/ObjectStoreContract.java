package io.lorahub.storage;

/** What every object store does. */
abstract class ObjectStoreContract implements ReadingContract, StagingContract, KeyContract, ConcurrencyContract {}
