/**
 * What tests share: the database ({@code PostgresResource}), members and their tokens ({@code Hub}), requests ({@code
 * AsBrowser}, {@code UploadClient}), limits of the running application ({@code Settings}), adapters and models to send;
 * {@code Checkout}, in the engine's tests, finds files of the checkout. {@code server} starts other processes and hubs, {@code
 * browser} a real browser, {@code hostile} makes damaged input, {@code routes} lists every address.
 */
package io.lorahub.testsupport;
