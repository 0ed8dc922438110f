package io.lorahub.generation;

import io.lorahub.engine.model.LayerGroups;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The form in which a model is tried, and the answers to what it was sent with.
 *
 * @param examples inputs to try, of the model's card
 * @param answers  of the base model, unless it is the one that is tried, and of the model; none before the form is sent
 * @param fault    why there are none, as a sentence; empty if nothing is wrong
 */
public record TryBox(Model model, List<String> examples, Typed typed, List<String> answers, String fault) {

    /** The most characters of an input. */
    static final int CHARACTERS = 20_000;

    /**
     * What is tried.
     *
     * @param name  as in {@link GenerationModels}; empty if none is chosen yet
     * @param base  name of the base model
     * @param chats whether the base model has a chat template
     * @param parts of a mix, or an adapter with its weights
     */
    public record Model(String name, String base, boolean chats, List<Part> parts) {

        static final Model NONE = new Model("", "", false, List.of());

        public boolean isChosen() {
            return !name.isEmpty();
        }

        public boolean isMix() {
            return parts.size() > 1;
        }
    }

    /** @param weights one for each third of the layers */
    public record Part(String address, List<Double> weights) {

        /** The one that weighs most, which stands for all. */
        public double weight() {
            return weights.stream()
                    .reduce((a, b) -> Math.abs(b) > Math.abs(a) ? b : a)
                    .orElse(0.0);
        }

        /** The address without its publisher and version. */
        public String name() {
            return address.replaceFirst(".*/", "").replaceFirst("@.*", "");
        }

        public List<String> thirds() {
            return LayerGroups.THIRDS.names();
        }
    }

    /** @param chat whether the input is sent as a message of a chat, and not as the beginning of a text */
    public record Typed(String input, boolean chat) {}

    /** The answer of one model; empty before the form is sent. */
    public record Row(String label, String model, String answer) {}

    /** The form before anything is typed. */
    static TryBox of(Model model, List<String> examples) {
        String first = examples.isEmpty() ? "" : examples.get(0);
        return new TryBox(model, examples, new Typed(first, model.chats), List.of(), "");
    }

    TryBox with(Typed sent, List<String> received, String why) {
        return new TryBox(model, examples, sent, received, why);
    }

    public List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String name : models()) {
            String answer = rows.size() < answers.size() ? answers.get(rows.size()) : "";
            String label = name.equals(model.base) ? "Base model" : model.isMix() ? "This mix" : model.name;
            rows.add(new Row(label, name, answer));
        }
        return rows;
    }

    public int characters() {
        return CHARACTERS;
    }

    /** The base model first. */
    List<String> models() {
        return model.name.equals(model.base) ? List.of(model.base) : List.of(model.base, model.name);
    }

    /** The page on which it stands as it is now. */
    public String link() {
        return "/try?model=" + encoded(model.name) + "&input=" + encoded(typed.input);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
