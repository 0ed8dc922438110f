package io.lorahub.huggingface.transfer;

/** A shard or xorb is not as the Xet protocol says. */
final class MalformedXetException extends RuntimeException {

    private static final long serialVersionUID = 1;

    MalformedXetException(String message) {
        super(message);
    }
}
