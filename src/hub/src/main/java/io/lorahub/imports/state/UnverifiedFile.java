package io.lorahub.imports.state;

/**
 * A file that the other hub named neither SHA-256 nor Git id for, so that what arrived could not be compared.
 *
 * @param sha256 of what arrived
 */
public record UnverifiedFile(String name, String sha256) {}
