package io.lorahub.engine.fingerprint;

import io.lorahub.engine.lora.LoraModule;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What is kept of one module.
 *
 * @param sketch   {@link Sketch#PROBES} numbers uᵀ·ΔW·v, by the largest of them
 * @param spectrum the largest singular values of ΔW, descending, by their norm
 */
public record ModulePrint(byte[] sketch, float[] spectrum) {

    /** Empty where ΔW is zero. */
    static Optional<ModulePrint> of(LoraModule module) {
        return Sketch.of(module, key(module)).map(s -> new ModulePrint(s, Spectrum.of(module)));
    }

    /** Of the module's name and shape: what another program calls the same, with other sizes, is something else. */
    static long key(LoraModule module) {
        long hash = Mixing.mix(31L * module.in() + module.out());
        for (byte b : module.name().getBytes(StandardCharsets.UTF_8)) hash = Mixing.mix(hash ^ b);
        return hash;
    }

    /** The cosine between the two ΔW, as far as the sketches tell, without its sign. */
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

    /** The cosine between the singular values. */
    double spectrum(ModulePrint other) {
        double dot = 0;
        for (int i = 0; i < Math.min(spectrum.length, other.spectrum.length); i++) {
            dot += spectrum[i] * other.spectrum[i];
        }
        return Math.min(1, dot);
    }
}
