/**
 * The only way to a new adapter or version. Begin with {@code Publishing}, the only class that creates versions, and
 * {@code Publication}, the request that it takes; {@code CheckReport} holds the checks' facts and findings.
 *
 * <p>Nothing is published unchecked: {@code PublishingRules} applies to uploads, compositions and the demo alike. All
 * reasons against a publication are reported at once, in a {@code PublishingException}.
 */
package io.lorahub.adapter.publication;
