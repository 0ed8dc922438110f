package io.lorahub.engine.fingerprint;

import io.lorahub.engine.error.EngineException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.SortedMap;
import java.util.TreeMap;

/** The stored form of a fingerprint: for each module its key, its sketch, and the singular values in 65,535ths. */
public final class FingerprintBytes {

    private static final byte FORMAT = 1;
    private static final int MODULE = Long.BYTES + Sketch.PROBES + 1 + ModulePrint.KEPT * Short.BYTES;

    /** Maximum number of bytes read. Earlier releases stored more modules after these. */
    public static final int LONGEST = 1 + Fingerprint.MOST_MODULES * MODULE;

    private static final float ONE = 65_535;

    private FingerprintBytes() {}

    public static byte[] of(Fingerprint fingerprint) {
        ByteBuffer out = ByteBuffer.allocate(1 + fingerprint.modules().size() * MODULE);
        out.put(FORMAT);
        fingerprint.modules().forEach((key, print) -> {
            out.putLong(key).put(print.sketch()).put((byte) print.spectrum().length);
            for (int i = 0; i < ModulePrint.KEPT; i++) {
                float value = i < print.spectrum().length ? print.spectrum()[i] : 0;
                out.putShort((short) Math.round(Math.min(1, value) * ONE));
            }
        });
        return out.array();
    }

    public static Fingerprint read(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        SortedMap<Long, ModulePrint> modules = new TreeMap<>();
        try {
            if (in.get() != FORMAT) throw new EngineException("This fingerprint is of another release of LoraHub.");
            while (in.hasRemaining()) modules.put(in.getLong(), module(in));
        } catch (BufferUnderflowException e) {
            throw new EngineException("This fingerprint is cut off.", e);
        }
        return new Fingerprint(modules);
    }

    private static ModulePrint module(ByteBuffer in) {
        byte[] sketch = new byte[Sketch.PROBES];
        in.get(sketch);
        float[] spectrum = new float[Math.min(Byte.toUnsignedInt(in.get()), ModulePrint.KEPT)];
        for (int i = 0; i < ModulePrint.KEPT; i++) {
            float value = Short.toUnsignedInt(in.getShort()) / ONE;
            if (i < spectrum.length) spectrum[i] = value;
        }
        return new ModulePrint(sketch, spectrum);
    }
}
