/**
 * What strangers' requests can use at a time: memory, threads and processors, for each member, each address and the
 * whole process. Begin with {@code RequestBudgets}. Whatever holds or reads the bytes of a request takes its share here
 * and gives it back, so there is no limit of its own for a new kind of body.
 */
package io.lorahub.web.budget;
