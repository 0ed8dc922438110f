package io.lorahub.engine.generation;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.generation.GeneratedToken.Alternative;
import io.lorahub.engine.generation.GeneratedToken.Token;
import io.lorahub.engine.learning.LoadedModel;
import io.lorahub.engine.lora.merge.KeptModules;
import io.lorahub.engine.model.decoding.BatchDecoder;
import io.lorahub.engine.model.decoding.DecodedText;
import io.lorahub.engine.model.decoding.DecoderLimits;
import io.lorahub.engine.model.decoding.MixedAdapter;
import io.lorahub.engine.tokenizer.TokenStream;
import io.lorahub.engine.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Generates text with one base model for any number of requests. It has one thread, which decodes all requests together;
 * those that find no room wait in the order of their arrival.
 */
public final class TextGenerator implements AutoCloseable {

    private static final String NOT_FINITE =
            "The model's outputs aren't finite numbers, so nothing can be written with it.";

    private static final Duration LONGEST_ADMISSION = Duration.ofMillis(50);

    private final LoadedModel model;
    private final Tokenizer tokenizer;
    private final Set<Integer> ends;
    private final BatchDecoder decoder;
    private final Thread thread;

    /** Guards the fields below. */
    private final Object lock = new Object();

    private final Deque<Running> waiting = new ArrayDeque<>();
    private int unfinished;
    private boolean closed;

    /** Of the thread only: tokens as text, once they have been written. */
    /** Those asked for so far, as they begin a text, and as they continue one. */
    private final Token[] first;

    private final Token[] within;

    /** Of the thread only: the requests whose texts are being decoded. */
    private final Map<DecodedText, Running> running = new HashMap<>();

    /** A request on its way. */
    private final class Running implements Generation {

        final GenerationRequest request;
        final KeptModules kept;
        final GenerationListener listener;
        final TokenStream stream = tokenizer.stream();
        final StopStrings stops;
        final TokenSampler sampler;
        volatile boolean cancelled;
        boolean begun;

        Running(GenerationRequest request, KeptModules kept, GenerationListener listener) {
            this.request = request;
            this.kept = kept;
            this.listener = listener;
            stops = new StopStrings(request.stops());
            sampler = new TokenSampler(request.sampling());
        }

        @Override
        public void cancel() {
            cancelled = true;
            synchronized (lock) {
                lock.notifyAll();
            }
        }

        /** Passes on the next token; returns why the text ends with it, if it does. */
        Optional<FinishReason> next(DecodedText text) {
            int id = sampler.choose(text);
            if (ends.contains(id)) return Optional.of(FinishReason.STOP);
            Token[] known = begun ? within : first;
            begun = true;
            List<Alternative> alternatives = new ArrayList<>();
            for (int i = 0; i < text.alternatives().length; i++) {
                int other = text.alternatives()[i];
                alternatives.add(new Alternative(token(other, known), text.alternativeLogProbabilities()[i]));
            }
            String complete = stops.add(stream.add(id));
            listener.token(
                    new GeneratedToken(token(id, known), complete, text.logProbability(id), List.copyOf(alternatives)));
            text.append(id);
            if (stops.isFound()) return Optional.of(FinishReason.STOP);
            return text.isFull() ? Optional.of(FinishReason.LENGTH) : Optional.empty();
        }

        void end(FinishReason reason) {
            String last = stops.add(stream.end()) + stops.rest();
            boolean stopped = reason == FinishReason.LENGTH && stops.isFound();
            listener.end(stopped ? FinishReason.STOP : reason, last);
        }
    }

    private TextGenerator(LoadedModel model, DecoderLimits limits) {
        this.model = model;
        tokenizer = model.tokenizer();
        ends = Set.copyOf(model.base().generation().ends());
        decoder = new BatchDecoder(model.model(), limits);
        first = new Token[model.base().config().vocabulary()];
        within = new Token[first.length];
        thread = new Thread(this::run, "text-generator");
        thread.setDaemon(true);
    }

    /** Memory in bytes that a generator with these limits takes at most, besides the model's weights. */
    public static long memory(LoadedModel model, DecoderLimits limits) {
        return BatchDecoder.memory(model.model(), limits);
    }

    /** The model must stay open until the generator is closed. */
    public static TextGenerator open(LoadedModel model, DecoderLimits limits) {
        TextGenerator generator = new TextGenerator(model, limits);
        generator.thread.start();
        return generator;
    }

    /**
     * Queues a request. Throws EngineException if an adapter doesn't fit the base model, if two adapters replace whole
     * modules, if a bias is for no token of the vocabulary, if the prompt has no tokens or more than the model has positions
     * for, or if the request could never fit into the generator's memory.
     *
     * @throws GeneratorClosedException if the generator is closed, or has failed
     */
    public Generation submit(GenerationRequest request, GenerationListener listener) {
        if (isClosed()) throw closed(null);
        KeptModules kept = model.requireFit(
                request.mix().stream().map(MixedAdapter::adapter).toList());
        request.sampling().bias().keySet().stream()
                .filter(id -> id < 0 || id >= first.length)
                .findAny()
                .ifPresent(id -> {
                    throw new EngineException("There is a bias for the token %d, but the vocabulary has %,d tokens."
                            .formatted(id, first.length));
                });
        decoder.requireRoom(request.prompt(), request.maxTokens(), request.mix());
        Running generation = new Running(request, kept, listener);
        synchronized (lock) {
            if (closed) throw closed(null);
            waiting.addLast(generation);
            unfinished++;
            lock.notifyAll();
        }
        return generation;
    }

    /** @param cause null if somebody closed it */
    private static GeneratorClosedException closed(Throwable cause) {
        return new GeneratorClosedException(
                cause == null ? "The generator has been closed." : "The generator has failed and was closed.", cause);
    }

    private Token token(int id, Token[] known) {
        if (known[id] == null) {
            String text = known == first ? tokenizer.token(id) : tokenizer.tokenWithin(id);
            known[id] = new Token(id, text, tokenizer.partialBytes(id));
        }
        return known[id];
    }

    private void run() {
        Throwable cause = null;
        try {
            while (awaitWork()) {
                cancel();
                admit();
                step();
            }
        } catch (RuntimeException | Error e) {
            cause = e;
            throw e;
        } finally {
            shutDown(cause);
        }
    }

    /** Fails all requests and frees the memory. */
    private void shutDown(Throwable cause) {
        synchronized (lock) {
            closed = true; // first, so that no request begins to wait
        }
        try {
            GeneratorClosedException reason = closed(cause);
            running.values().forEach(generation -> fail(generation, reason));
            waiting.forEach(generation -> fail(generation, reason));
            running.keySet().forEach(decoder::leave);
        } finally {
            decoder.close();
        }
    }

    /** Returns whether there is work; false once the generator is closed. */
    private boolean awaitWork() {
        synchronized (lock) {
            while (!closed && waiting.isEmpty() && running.isEmpty()) {
                try {
                    lock.wait();
                } catch (InterruptedException e) {
                    closed = true; // nobody else knows the thread
                }
            }
            return !closed;
        }
    }

    private void cancel() {
        List<Running> gone;
        synchronized (lock) {
            gone = waiting.stream().filter(generation -> generation.cancelled).toList();
        }
        for (Running generation : gone) {
            synchronized (lock) {
                waiting.remove(generation);
            }
            end(generation, FinishReason.CANCELLED);
        }
        for (Map.Entry<DecodedText, Running> entry : List.copyOf(running.entrySet())) {
            if (entry.getValue().cancelled) leave(entry.getKey(), FinishReason.CANCELLED);
        }
    }

    /** Lets requests join. Reading an adapter takes a while, so many of them don't hold up the texts that are being written. */
    private void admit() {
        long start = System.nanoTime();
        while (running.isEmpty() || System.nanoTime() - start < LONGEST_ADMISSION.toNanos()) {
            Running next;
            synchronized (lock) {
                next = nextWaiting();
            }
            if (next == null) return;
            try {
                Optional<DecodedText> text = decoder.join(
                        next.request.prompt(),
                        next.request.maxTokens(),
                        next.request.mix(),
                        next.kept,
                        next.request.alternatives(),
                        next.sampler.outputs(),
                        next.request.owner());
                if (text.isEmpty()) return;
                running.put(text.get(), next);
            } catch (RuntimeException e) {
                fail(next, failure(e));
            }
            synchronized (lock) {
                waiting.remove(next);
            }
        }
    }

    /** Returns the next request to admit: of the owner with the fewest running texts, the oldest; null if none waits. */
    private Running nextWaiting() {
        Map<String, Integer> texts = new HashMap<>();
        running.values().forEach(text -> texts.merge(text.request.owner(), 1, Integer::sum));
        return waiting.stream()
                .min(Comparator.comparingInt(text -> texts.getOrDefault(text.request.owner(), 0)))
                .orElse(null);
    }

    private static EngineException failure(RuntimeException e) {
        return e instanceof EngineException known
                ? known
                : new EngineException("The text could not be computed, because the model's program failed.", e);
    }

    private void step() {
        List<DecodedText> known;
        try {
            known = decoder.step();
        } catch (RuntimeException e) {
            Map<DecodedText, Running> all = new HashMap<>(running);
            running.clear();
            all.forEach((text, generation) -> {
                decoder.leave(text);
                fail(generation, failure(e));
            });
            return;
        }
        for (DecodedText text : known) {
            Running generation = running.get(text);
            try {
                if (!text.isFinite()) throw new EngineException(NOT_FINITE);
                if (generation.cancelled) leave(text, FinishReason.CANCELLED);
                else generation.next(text).ifPresent(reason -> leave(text, reason));
            } catch (RuntimeException e) {
                // of this text, or of its listener
                if (running.remove(text) == null) continue;
                decoder.leave(text);
                fail(generation, failure(e));
            }
        }
    }

    private void leave(DecodedText text, FinishReason reason) {
        decoder.leave(text);
        end(running.remove(text), reason);
    }

    private void end(Running generation, FinishReason reason) {
        count(-1);
        try {
            generation.end(reason);
        } catch (RuntimeException e) {
            tellFailed(generation, failure(e));
        } catch (Error e) {
            tellFailed(generation, closed(e));
            throw e;
        }
    }

    private void fail(Running generation, EngineException reason) {
        count(-1);
        tellFailed(generation, reason);
    }

    private static void tellFailed(Running generation, EngineException reason) {
        try {
            generation.listener.failed(reason);
        } catch (RuntimeException | Error e) {
            // the listener knows nothing of its failure, which must not become that of others
            return;
        }
    }

    private void count(int change) {
        synchronized (lock) {
            unfinished += change;
        }
    }

    /** Number of requests that have not ended, including those that wait. */
    public int requests() {
        synchronized (lock) {
            return unfinished;
        }
    }

    /** Whether it takes no more requests, because it was closed or because of an error. */
    public boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /** Fails all requests that have not ended, and waits until the thread has ended. Not for listeners. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
