package io.lorahub.upload.transfer;

/** The body of a request does not start where the received bytes end. */
final class WrongOffsetException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long expected;

    WrongOffsetException(String file, long provided, long expected) {
        super("Of %s, %d bytes have arrived. Send the rest with Upload-Offset: %d, not %d."
                .formatted(file, expected, expected, provided));
        this.expected = expected;
    }

    long expected() {
        return expected;
    }
}
