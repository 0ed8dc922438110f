package io.lorahub.basemodel;

import java.util.UUID;

/**
 * Fired when a base model's files are stored and wait for their check, inside the transaction that stores the
 * registration, so observers' database changes are committed or rolled back with it.
 */
public record RegistrationReceived(UUID id) {}
