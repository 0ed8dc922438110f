package io.lorahub.engine.checkpoint;

/** An error inside a file. The message is the rest of a sentence, to which the caller adds the file's path. */
public class MalformedException extends Exception {

    private static final long serialVersionUID = 1;

    MalformedException(String reason) {
        super(reason);
    }
}
