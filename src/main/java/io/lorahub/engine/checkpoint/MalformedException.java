package io.lorahub.engine.checkpoint;

/** What is wrong inside a file, as the rest of a sentence; whoever opened the file adds its path. */
public class MalformedException extends Exception {

    private static final long serialVersionUID = 1;

    MalformedException(String reason) {
        super(reason);
    }
}
