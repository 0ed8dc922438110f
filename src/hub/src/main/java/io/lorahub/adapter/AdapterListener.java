package io.lorahub.adapter;

import jakarta.enterprise.event.Event;
import jakarta.inject.Singleton;
import jakarta.persistence.PostPersist;
import jakarta.persistence.PostRemove;
import jakarta.persistence.PostUpdate;

/** Fires an event for every adapter written through its entity, so that services need not do so themselves. */
@Singleton
class AdapterListener {

    private final Event<AdapterChangedEvent> changed;

    AdapterListener(Event<AdapterChangedEvent> changed) {
        this.changed = changed;
    }

    @PostPersist
    @PostUpdate
    @PostRemove
    void fireChanged(Adapter adapter) {
        changed.fire(new AdapterChangedEvent(adapter.id));
    }
}
