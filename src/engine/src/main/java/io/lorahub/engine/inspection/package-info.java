/**
 * The checks behind {@code lorahub inspect} and the upload checks. Begin with {@code Inspection}.
 *
 * <p>Checks never stop at the first fault and never throw for a broken file: each fault becomes a finding. {@code
 * ModelTrial} also runs a base model, and throws if that fails.
 */
package io.lorahub.engine.inspection;
