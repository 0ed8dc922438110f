/**
 * The description of the REST API: {@code ApiDescription} completes the OpenAPI document and {@code ApiPage} shows it
 * at {@code /api}. The endpoints themselves are the {@code *Resource} classes of the features.
 *
 * <p>Every operation documents the errors that it can answer; a test compares the document with real answers.
 */
package io.lorahub.api;
