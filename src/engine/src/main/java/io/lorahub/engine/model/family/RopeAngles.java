package io.lorahub.engine.model.family;

import java.util.HashMap;
import java.util.Map;

/** Cosines and sines of a rotary embedding for a list of tokens. */
public final class RopeAngles {

    private final Rope rope;
    private final float[] cos;
    private final float[] sin;
    private final Map<Integer, float[]> frequencies = new HashMap<>();
    private int at;

    /** @param tokens number of tokens that will be added */
    public RopeAngles(Rope rope, int tokens) {
        this.rope = rope;
        cos = new float[tokens * half()];
        sin = new float[cos.length];
    }

    /** Number of values for each token. */
    public int half() {
        return rope.pairs();
    }

    /** @param length number of tokens of the text that the token belongs to */
    public void add(int position, int length) {
        int key = rope.dependsOnLength() ? length : 0;
        for (float frequency : frequencies.computeIfAbsent(key, rope::frequencies)) {
            float angle = position * frequency;
            cos[at] = (float) (Math.cos(angle) * rope.magnitude());
            sin[at++] = (float) (Math.sin(angle) * rope.magnitude());
        }
    }

    public float[] cos() {
        return cos;
    }

    public float[] sin() {
        return sin;
    }
}
