package io.lorahub.cli.local;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.generation.FinishReason;
import io.lorahub.engine.generation.GeneratedToken;
import io.lorahub.engine.generation.GenerationListener;
import io.lorahub.engine.generation.GenerationRequest;
import io.lorahub.engine.generation.Sampling;
import io.lorahub.engine.generation.TextGenerator;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.model.decoding.DecoderLimits;
import io.lorahub.engine.model.decoding.MixedAdapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Answers of a mix of files, token by token. All inputs are answered at once. */
record StreamedAnswers(Mixture mixture, int maxNewTokens, Sampling sampling) implements Answers {

    /** A piece of a text, or its end. */
    private record Piece(String text, boolean isLast, Optional<EngineException> failure) {}

    /** Passes on what the generator's thread writes. */
    private record Queue(BlockingQueue<Piece> pieces) implements GenerationListener {

        @Override
        public void token(GeneratedToken token) {
            pieces.add(new Piece(token.text(), false, Optional.empty()));
        }

        @Override
        public void end(FinishReason reason, String rest) {
            pieces.add(new Piece(rest, true, Optional.empty()));
        }

        @Override
        public void failed(EngineException reason) {
            pieces.add(new Piece("", true, Optional.of(reason)));
        }

        Piece take() {
            try {
                return pieces.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("Interrupted.");
            }
        }
    }

    @Override
    public List<String> of(List<String> inputs, Consumer<String> printed) {
        LearningSession session = mixture.session();
        List<MixedAdapter> mix = IntStream.range(0, session.adapters().size())
                .mapToObj(i -> MixedAdapter.of(session.adapters().get(i), mixture.weights()[i]))
                .toList();
        List<int[]> prompts = session.generation().prompts(inputs);
        DecoderLimits limits = DecoderLimits.forInputs(session.model(), prompts, maxNewTokens);
        try (TextGenerator generator = TextGenerator.open(session.loaded(), limits)) {
            List<Queue> queues = new ArrayList<>();
            for (int[] prompt : prompts) {
                queues.add(new Queue(new LinkedBlockingQueue<>()));
                GenerationRequest request =
                        GenerationRequest.of(prompt, mix, maxNewTokens).with(sampling);
                generator.submit(request, queues.get(queues.size() - 1));
            }
            return queues.stream().map(queue -> text(queue, printed)).toList();
        }
    }

    private String text(Queue queue, Consumer<String> printed) {
        StringBuilder written = new StringBuilder();
        String answer = "";
        while (true) {
            Piece piece = queue.take();
            if (piece.failure().isPresent()) throw piece.failure().get();
            written.append(piece.text());
            String longer = mixture.session().prompt().answer(written.toString());
            printed.accept(longer.substring(answer.length()));
            answer = longer;
            if (!piece.isLast()) continue;
            printed.accept(System.lineSeparator());
            return answer;
        }
    }
}
