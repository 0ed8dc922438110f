package io.lorahub.engine.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.lorahub.engine.error.EngineException;
import java.util.Locale;

/** Access to libtorch in this process. */
public final class Torch {

    static final int ALL_PROCESSORS = 0;

    private Torch() {}

    /** Loads libtorch at the first call. The caller closes the manager. */
    static PtNDManager manager(Compute compute) {
        if (System.getProperty("ai.djl.offline") == null) System.setProperty("ai.djl.offline", "true");
        Engine engine = Engine.getEngine("PyTorch");
        return (PtNDManager) engine.newBaseManager(device(engine, compute));
    }

    /** Returns the device, "cpu" or "gpu:N". Loads libtorch at the first call. */
    static String chosen(Compute compute) {
        try (PtNDManager manager = manager(compute)) {
            return name(manager.getDevice());
        }
    }

    static String name(Device device) {
        return device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu";
    }

    private static Device device(Engine engine, Compute compute) {
        int gpus = engine.getGpuCount();
        if (compute.device().isEmpty()) return gpus > 0 ? Device.gpu(0) : Device.cpu();
        String name = compute.device().get().toLowerCase(Locale.ROOT);
        if (name.equals("cpu")) return Device.cpu();
        int colon = name.indexOf(':');
        int id = colon < 0 ? 0 : Integer.parseInt(name.substring(colon + 1));
        if (id >= gpus) {
            throw new EngineException(
                    gpus == 0
                            ? "libtorch finds no GPU here, so the device \"%s\" cannot be used.".formatted(name)
                            : "The device \"%s\" does not exist; libtorch finds %d.".formatted(name, gpus));
        }
        return Device.gpu(id);
    }

    /**
     * Prepares the current thread. This must run before each computation, on the thread that computes: libtorch keeps
     * both settings for each thread, and the thread may have computed with another model before. The graph optimizer is
     * turned off because it profiles the first calls and compiles later ones, which costs more than a whole search.
     *
     * @param threads number of threads that share the work, or {@link #ALL_PROCESSORS}
     */
    public static void prepareThread(int threads) {
        JniUtils.setGraphExecutorOptimize(false);
        JniUtils.setNumThreads(threads == ALL_PROCESSORS ? Runtime.getRuntime().availableProcessors() : threads);
    }
}
