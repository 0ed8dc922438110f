/**
 * Runs as their owners watch them: the list, the page of a run with its chart and log, the stream of events, and the API.
 * Begin with {@code RunPage} and {@code RunEventStreams}; {@code RunProgress} is what they show, {@code RunResource} the
 * API.
 *
 * <p>A change is read and rendered once for all watchers of a run in this process. A watcher who comes back receives every
 * evaluation since the last one seen, and loses the stream as soon as they may no longer see the run. What waits for a
 * slow client is bounded, see {@code RunWatcher}.
 */
package io.lorahub.composition.live;
