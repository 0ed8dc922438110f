package io.lorahub.basemodel.registration;

import io.lorahub.engine.names.EnumNames;

/** The state of a base model's registration. */
public enum RegistrationState {
    /** A process of its own reads and tries the model, or will. */
    CHECKING,
    /** The model is registered. */
    AVAILABLE,
    /** The model can't be used. */
    REFUSED;

    /** The state as used in the API, such as {@code checking}. */
    public String word() {
        return EnumNames.of(this);
    }
}
