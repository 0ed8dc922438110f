package io.lorahub.bench.reference;

import io.lorahub.bench.report.Samples;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.generation.FinishReason;
import io.lorahub.engine.generation.GeneratedToken;
import io.lorahub.engine.generation.GenerationListener;
import io.lorahub.engine.generation.GenerationRequest;
import io.lorahub.engine.generation.TextGenerator;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.model.decoding.MixedAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/**
 * Clients that generate texts, each of which sends its next request when the last one is answered.
 *
 * @param adapters their number; clients take them in turn
 * @param prompt   number of tokens of a prompt
 * @param tokens   number of tokens of a text
 * @param requests number of each client's requests
 * @param series   no two series have the same prompts, so none finds what another has left in a cache
 */
record ServingMeasurement(int clients, int adapters, int prompt, int tokens, int requests, int series) {

    /** A program that writes texts for clients. */
    interface TextServer {

        /**
         * Writes the most probable tokens, and tells them to the listener of the request, in any thread.
         *
         * @param adapter its number
         * @param tokens  number of tokens of the text
         */
        void generate(int[] prompt, int adapter, int tokens, GenerationListener listener);

        /** Our generator. */
        static TextServer of(TextGenerator generator, List<LoraAdapter> adapters) {
            return (prompt, adapter, tokens, listener) -> generator.submit(
                    GenerationRequest.of(prompt, List.of(MixedAdapter.of(adapters.get(adapter), 1)), tokens), listener);
        }
    }

    /**
     * @param tokensPerSecond of all clients together
     * @param firstToken      seconds from a request to its first token
     * @param texts           of the clients' first requests
     */
    record Result(double tokensPerSecond, Samples firstToken, List<List<Integer>> texts) {}

    /** The prompt of a client's request; all differ from their first token on. */
    int[] prompt(int vocabulary, int client, int request) {
        return new SplittableRandom(1_000_000L * series + 1000L * request + client)
                .ints(prompt, 10, vocabulary)
                .toArray();
    }

    /** The number of a client's adapter. */
    int adapter(int client) {
        return client % adapters;
    }

    Result of(TextServer server, int vocabulary) {
        List<Client> all = new ArrayList<>();
        for (int i = 0; i < clients; i++) all.add(new Client(server, vocabulary, i));
        long start = System.nanoTime();
        all.forEach(Client::send);
        all.forEach(client -> client.done.join());
        double seconds = (System.nanoTime() - start) / 1e9;
        int written = all.stream().mapToInt(client -> client.written).sum();
        return new Result(
                written / seconds,
                Samples.of(all.stream().flatMap(client -> client.first.stream()).toList()),
                all.stream().map(client -> client.text).toList());
    }

    private final class Client implements GenerationListener {

        final TextServer server;
        final int vocabulary;
        final int number;
        final CompletableFuture<Void> done = new CompletableFuture<>();
        final List<Double> first = new ArrayList<>();
        final List<Integer> text = new ArrayList<>();
        int written;
        private int sent;
        private boolean isFirst;
        private long since;

        Client(TextServer server, int vocabulary, int number) {
            this.server = server;
            this.vocabulary = vocabulary;
            this.number = number;
        }

        void send() {
            isFirst = true;
            since = System.nanoTime();
            server.generate(prompt(vocabulary, number, sent++), adapter(number), tokens, this);
        }

        @Override
        public void token(GeneratedToken token) {
            if (isFirst) first.add((System.nanoTime() - since) / 1e9);
            isFirst = false;
            written++;
            if (sent == 1) text.add(token.token().id());
        }

        @Override
        public void end(FinishReason reason, String rest) {
            if (sent == requests) done.complete(null);
            else send();
        }

        @Override
        public void failed(EngineException reason) {
            done.completeExceptionally(reason);
        }
    }
}
