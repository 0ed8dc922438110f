/**
 * Publishing the result of a run, or a merge, as an adapter. Begin with {@code PublishableMixes}, which reads both
 * alike, and {@code MixPublication}; {@code LicenceCompatibility} decides which licences the adapters in a mix leave.
 *
 * <p>A mix goes through the same checks as an upload. The published recipe names public adapters only.
 */
package io.lorahub.composition.publication;
