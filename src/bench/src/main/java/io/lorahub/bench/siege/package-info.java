/**
 * Attacks on a hub with default settings, and whether it still answers others. Begin with {@code SiegeBenchCommand}. An
 * attack is one class, {@code Attack}; clients are plain sockets, so that they can stop in the middle of anything.
 */
package io.lorahub.bench.siege;
