package io.lorahub.engine.lora.merge;

import io.lorahub.engine.names.EnumNames;

/** How TIES elects the sign of an element over the adapters: by the sum of its values, or by the count of its signs. */
public enum MajoritySign {
    TOTAL,
    FREQUENCY;

    @Override
    public String toString() {
        return EnumNames.of(this);
    }
}
