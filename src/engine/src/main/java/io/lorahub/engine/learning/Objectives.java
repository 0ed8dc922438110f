package io.lorahub.engine.learning;

import io.lorahub.engine.error.EngineException;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/** The named objectives. */
public final class Objectives {

    public static final List<String> NAMES = List.of("loss", "reference", "exact-match", "similarity");

    private Objectives() {}

    /**
     * Returns an objective by its name, or a custom one by the name of its class or by its {@link ObjectiveCommand}.
     *
     * @param batchSize batch size of {@code reference}; 0 for all examples in one batch
     */
    public static Objective named(String name, int batchSize) {
        if (name.startsWith(ObjectiveCommand.PREFIX)) return ObjectiveCommand.named(name);
        return switch (name) {
            case "loss" -> new MeanTokenLoss();
            case "reference" -> new ReferenceLoss(batchSize);
            case "exact-match" -> new ExactMatch();
            case "similarity" -> new Similarity();
            default -> own(name);
        };
    }

    /** Returns what an objective's value is, in words, such as "loss" or "share of wrong answers"; lower is better. */
    public static String measure(String name) {
        return switch (name) {
            case "loss", "reference" -> "loss";
            case "exact-match" -> "share of wrong answers";
            case "similarity" -> "dissimilarity";
            default -> "objective";
        };
    }

    private static Objective own(String className) {
        try {
            return Class.forName(className)
                    .asSubclass(Objective.class)
                    .getConstructor()
                    .newInstance();
        } catch (ClassNotFoundException e) {
            throw new EngineException(
                    "There is no objective \"%s\"; use one of %s, or the name of a class on the class path (the variable CLASSPATH)."
                            .formatted(className, String.join(", ", NAMES)));
        } catch (ClassCastException | NoSuchMethodException e) {
            throw new EngineException("The class %s must implement %s and have a public constructor without arguments."
                    .formatted(className, Objective.class.getName()));
        } catch (InvocationTargetException | InstantiationException | IllegalAccessException e) {
            throw new EngineException(
                    "The objective %s could not be created: %s.".formatted(className, e.getMessage()), e);
        }
    }

    /** Mean over examples of the example's mean token loss. */
    private record MeanTokenLoss() implements Objective {
        @Override
        public double value(List<LearningOutcome> outcomes) {
            return outcomes.stream()
                    .mapToDouble(LearningOutcome::loss)
                    .average()
                    .orElseThrow();
        }

        @Override
        public boolean isMeanTokenLoss() {
            return true;
        }
    }

    /**
     * The published program's objective: sum over batches of the mean loss of the batch's tokens, divided by the number
     * of examples.
     */
    private record ReferenceLoss(int batchSize) implements Objective {
        @Override
        public double value(List<LearningOutcome> outcomes) {
            int size = batchSize == 0 ? outcomes.size() : batchSize;
            double sum = 0;
            for (int i = 0; i < outcomes.size(); i += size) {
                List<LearningOutcome> batch = outcomes.subList(i, Math.min(outcomes.size(), i + size));
                double losses = batch.stream()
                        .mapToDouble(o -> o.loss() * o.tokenLosses().length)
                        .sum();
                sum += losses
                        / batch.stream().mapToInt(o -> o.tokenLosses().length).sum();
            }
            return sum / outcomes.size();
        }

        @Override
        public boolean isMeanTokenLoss() {
            return batchSize == 1;
        }
    }

    /** Share of predictions that differ from the expected output. */
    private record ExactMatch() implements Objective {
        @Override
        public double value(List<LearningOutcome> outcomes) {
            return outcomes.stream()
                    .mapToDouble(o -> o.prediction().equals(o.example().output()) ? 0 : 1)
                    .average()
                    .orElseThrow();
        }

        @Override
        public boolean readsPredictions() {
            return true;
        }
    }

    /** One minus the mean Jaro-Winkler similarity of prediction and output (Winkler 1990; Apache Commons Text). */
    private record Similarity() implements Objective {
        private static final JaroWinklerSimilarity JARO_WINKLER = new JaroWinklerSimilarity();

        @Override
        public double value(List<LearningOutcome> outcomes) {
            return 1
                    - outcomes.stream()
                            .mapToDouble(o -> JARO_WINKLER.apply(
                                    o.prediction(), o.example().output()))
                            .average()
                            .orElseThrow();
        }

        @Override
        public boolean readsPredictions() {
            return true;
        }
    }
}
