package io.lorahub.huggingface.writing;

/** The client closed the connection before its commit was made. Nobody gets an answer. */
class ClientLeftException extends RuntimeException {

    ClientLeftException() {
        super("The client left before its commit was made.", null, false, false);
    }
}
