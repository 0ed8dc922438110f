package io.lorahub.browse.search;

/** The database did not answer a search. */
class SearchException extends RuntimeException {

    SearchException(String message, Throwable cause) {
        super(message, cause);
    }
}
