/**
 * Processes of their own for work on untrusted files, so that a file that takes all memory or ends its process harms
 * nothing else. Begin with {@code ChildProcesses}; {@code ChildMain} is what runs in such a process.
 *
 * <p>What a process is asked and what it answers are lines of JSON. It gets neither the hub's environment nor its
 * database, and it ends when the hub ends.
 */
package io.lorahub.childprocess;
