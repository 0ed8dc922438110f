package io.lorahub.adapter;

import jakarta.enterprise.event.Event;
import jakarta.inject.Singleton;
import jakarta.persistence.PostPersist;
import jakarta.persistence.PostRemove;
import jakarta.persistence.PostUpdate;

/** Tells of every adapter that is written through its entity, so that no service has to think of it. */
@Singleton
class AdapterListener {

    private final Event<AdapterChangedEvent> changed;

    AdapterListener(Event<AdapterChangedEvent> changed) {
        this.changed = changed;
    }

    @PostPersist
    @PostUpdate
    @PostRemove
    void tell(Adapter adapter) {
        changed.fire(new AdapterChangedEvent(adapter.id));
    }
}
