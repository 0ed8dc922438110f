package io.lorahub.imports.model;

/**
 * A base model to fetch from another hub.
 *
 * @param from {@code owner/name}, {@code owner/name@revision} or the address of the model's page
 * @param hub address of the other hub, unless {@code from} is an address; the first allowed one if omitted
 * @param token of the other hub, for a private or gated model; sent to no other host and deleted when the files have
 *     arrived
 * @param name to register it under; that of the repository if omitted
 * @param summary what it is, in a sentence
 * @param licence SPDX identifier; that of the repository if omitted
 */
public record BaseModelImportRequest(
        String from, String hub, String token, String name, String summary, String licence) {}
