/**
 * Starting a run, and what its owner does with it afterwards: pause, resume, cancel, share. Begin with {@code RunService};
 * {@code RunValidator} finds everything that is wrong with a {@code RunRequest}.
 *
 * <p>The form, the API and the demo all start runs here, so the same checks and limits apply to all of them. All errors of
 * a request are reported together.
 */
package io.lorahub.composition.request;
