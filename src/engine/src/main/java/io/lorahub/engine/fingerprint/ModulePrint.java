package io.lorahub.engine.fingerprint;

import io.lorahub.engine.lora.LowRankProduct;
import io.lorahub.engine.lora.check.LoraModule;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The fingerprint of one module.
 *
 * @param sketch   {@link Sketch#PROBES} numbers uᵀ·ΔW·v, scaled by the largest of them
 * @param spectrum the largest singular values of ΔW, descending, divided by their norm
 */
public record ModulePrint(byte[] sketch, float[] spectrum) {

    /** Number of singular values kept; later ones add little information. */
    static final int KEPT = 8;

    /** Returns empty if ΔW is zero. */
    static Optional<ModulePrint> of(LoraModule module) {
        return Sketch.of(module, key(module)).map(s -> new ModulePrint(s, largest(module)));
    }

    /** Returns no values if the rank is too high; such an adapter is compared by its sketch alone. */
    private static float[] largest(LoraModule module) {
        if (module.rank() > LowRankProduct.HIGHEST_RANK) return new float[0];
        double[] values = LowRankProduct.singularValues(module);
        double norm = 0;
        for (double v : values) norm += v * v;
        float[] kept = new float[Math.min(KEPT, values.length)];
        for (int i = 0; i < kept.length; i++) kept[i] = (float) (values[i] / Math.sqrt(norm));
        return kept;
    }

    /**
     * Hashes the module's name and shape. A module with the same name but another size, from another model, gets
     * another key.
     */
    static long key(LoraModule module) {
        long hash = Mixing.mix(31L * module.in() + module.out());
        for (byte b : module.name().getBytes(StandardCharsets.UTF_8)) hash = Mixing.mix(hash ^ b);
        return hash;
    }

    /** Absolute cosine between the two ΔW, estimated from the sketches. */
    double direction(ModulePrint other) {
        long dot = 0;
        long mine = 0;
        long theirs = 0;
        for (int i = 0; i < Sketch.PROBES; i++) {
            dot += sketch[i] * other.sketch[i];
            mine += sketch[i] * sketch[i];
            theirs += other.sketch[i] * other.sketch[i];
        }
        return Math.abs(dot) / Math.sqrt((double) mine * theirs);
    }

    /** Cosine between the singular values. */
    double spectrum(ModulePrint other) {
        double dot = 0;
        for (int i = 0; i < Math.min(spectrum.length, other.spectrum.length); i++) {
            dot += spectrum[i] * other.spectrum[i];
        }
        return Math.min(1, dot);
    }
}
