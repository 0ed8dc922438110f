package io.lorahub.demo;

import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.examples.ExamplesFile;
import java.nio.file.Path;
import java.util.List;

/**
 * A task of the demo hub that no adapter was trained on: it applies two tasks, each of which an adapter learned, in
 * sequence.
 *
 * @param tasks the folder of all tasks
 */
public record DemoTask(String name, Path tasks) {

    /** Independent draws of five few-shot examples. */
    public static final int DRAWS = 5;

    public Path fewShotFile(int draw) {
        if (draw < 1 || draw > DRAWS) {
            throw new EngineException(
                    "There is no draw %d of the demo task's examples; use 1 to %d.".formatted(draw, DRAWS));
        }
        return tasks.resolve(name).resolve("few-shot-%d.jsonl".formatted(draw));
    }

    public Path heldOutFile() {
        return tasks.resolve(name).resolve("held-out.jsonl");
    }

    /** @param draw from 1 to {@link #DRAWS} */
    public List<Example> fewShot(int draw) {
        return ExamplesFile.read(fewShotFile(draw));
    }

    public List<Example> heldOut() {
        return ExamplesFile.read(heldOutFile());
    }

    public Path wordsToFitFile() {
        return tasks.resolve(name).resolve("fit.jsonl");
    }

    /** Words to fit weights to; only tasks made by {@code make_families.py} have them. */
    public List<Example> wordsToFit() {
        return ExamplesFile.read(wordsToFitFile());
    }
}
