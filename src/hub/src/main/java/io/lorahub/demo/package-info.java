/**
 * The demo hub: a small base model, 24 adapters and 8 prepared tasks from {@code src/hub/src/main/resources/demo-hub}. Begin
 * with {@code DemoHub}; {@code DemoHubLoader} publishes it when a new hub first starts. A second demo, {@code demo-smollm2},
 * has adapters of a real model; it is for the command line, and its base model must be on the machine.
 *
 * <p>{@code MarketplaceRows} makes up adapters for load tests and benchmarks.
 *
 * <p>It is published in one transaction: the hub has all of it or nothing.
 */
package io.lorahub.demo;
