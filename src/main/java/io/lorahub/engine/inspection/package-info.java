/**
 * The checks behind {@code lorahub inspect} and the upload checks. Begin with {@code Inspection}.
 *
 * <p>Checks never stop at the first fault and never throw for a broken file: each fault becomes a finding.
 */
package io.lorahub.engine.inspection;
