package io.lorahub.engine.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import io.lorahub.engine.error.EngineException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A program in TorchScript, PyTorch's own subset of Python, that libtorch runs without Python. The source is a
 * resource; the archive around it (a STORED zip of data.pkl, the code, constants.pkl and version) has the format of
 * torch.jit.save.
 */
public final class TorchProgram {

    /**
     * Cache of compiled programs, because compiling takes longer than many runs. It has one entry for each kind of
     * model in use.
     */
    private static final Map<String, TorchProgram> COMPILED = new ConcurrentHashMap<>();

    private static final Pattern CONSTANT = Pattern.compile("\\bself\\.(\\w+)\\b");

    private final PtSymbolBlock block;

    private TorchProgram(PtSymbolBlock block) {
        this.block = block;
    }

    /**
     * Compiles a program, unless this process has already compiled it. It contains no tensors, so all devices can share
     * it.
     *
     * @param sources   class paths of the sources; those after the first continue its class, so their first line, which
     *                  begins a class, is left out
     * @param constants literals that replace {@code self.<name>} in the source: Long, Double, Boolean, String or a list
     *                  of Long
     */
    static TorchProgram load(List<String> sources, Map<String, Object> constants) {
        StringBuilder program = new StringBuilder(source(sources.get(0)));
        for (String more : sources.subList(1, sources.size())) {
            String text = source(more);
            program.append(text, text.indexOf('\n'), text.length());
        }
        String text = CONSTANT.matcher(program)
                .replaceAll(match -> Matcher.quoteReplacement(
                        constants.containsKey(match.group(1))
                                ? literal(constants.get(match.group(1)))
                                : match.group()));
        return COMPILED.computeIfAbsent(text, TorchProgram::compiled);
    }

    private static String source(String resource) {
        try (InputStream in = TorchProgram.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new EngineException("The program " + resource + " could not be read.", e);
        }
    }

    private static TorchProgram compiled(String text) {
        try {
            PtNDManager manager = Torch.manager(Compute.cpu());
            return new TorchProgram(
                    JniUtils.loadModule(manager, new ByteArrayInputStream(archive(text)), false, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns weights by their names in the program, for calls without autograd. */
    public static IValue dictionary(NDList weights) {
        Map<String, PtNDArray> byName = new HashMap<>();
        weights.forEach(w -> byName.put(w.getName().substring("w.".length()), (PtNDArray) w));
        return IValue.stringMapFrom(byName);
    }

    /** Runs a method without autograd. The caller closes the result. */
    public IValue call(String method, IValue... arguments) {
        return IValueUtils.runMethod(block, method, arguments);
    }

    /**
     * Runs a method whose results autograd can use. The names of the arguments distinguish them: name.key for an entry
     * of a dictionary, name[] for an entry of a list.
     */
    NDList callForTraining(String method, NDList arguments) {
        try (NDArray marker = arguments.get(0).getManager().create(0)) {
            marker.setName("module_method:" + method);
            NDList all = new NDList(arguments);
            all.add(marker);
            return IValueUtils.forward(block, all, true);
        }
    }

    private static String literal(Object value) {
        if (value instanceof Boolean b) return b ? "True" : "False";
        return value instanceof String text ? '"' + text + '"' : value.toString();
    }

    private static byte[] archive(String code) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            // an instance of __torch__.Net with training = False and _is_full_backward_hook = None
            store(
                    zip,
                    "net/data.pkl",
                    latin("\u0080\2c__torch__\nNet\nq\0)\u0081}("
                            + "X\b\0\0\0trainingq\1\u0089X\26\0\0\0_is_full_backward_hookq\2Nub."));
            store(zip, "net/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
            store(zip, "net/constants.pkl", latin("\u0080\2)."));
            store(zip, "net/version", latin("10\n"));
        }
        return bytes.toByteArray();
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void store(ZipOutputStream zip, String name, byte[] data) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(data.length);
        CRC32 crc = new CRC32();
        crc.update(data);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(data);
        zip.closeEntry();
    }
}
