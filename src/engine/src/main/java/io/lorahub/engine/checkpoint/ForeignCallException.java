package io.lorahub.engine.checkpoint;

/** A pickle that tries to call or build something that a plain state dict never needs. */
final class ForeignCallException extends MalformedException {

    private static final long serialVersionUID = 1;

    /** @param what the attempted operation, as the rest of a sentence */
    ForeignCallException(String what) {
        super(what + ", which a plain state dict never does; nothing of it was run. If you trust its author, load it in"
                + " Python and save its tensors as safetensors");
    }
}
