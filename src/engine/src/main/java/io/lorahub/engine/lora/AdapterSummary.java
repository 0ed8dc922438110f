package io.lorahub.engine.lora;

import io.lorahub.engine.lora.check.AdapterContents;
import io.lorahub.engine.lora.check.LoraModule;
import io.lorahub.engine.lora.check.ModuleTensors;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Key data of an adapter. */
public final class AdapterSummary {

    public final Optional<String> baseModel;

    /** The different ranks of its modules. */
    public final SortedSet<Integer> ranks;

    /** The different alphas of its modules. */
    public final SortedSet<Double> alphas;

    /** The last parts of its modules' names, such as q and v. */
    public final SortedSet<String> targets;

    public final int modules;

    /** Number of values in its tensors. */
    public final long parameters;

    /** Types of its tensors. */
    public final SortedSet<String> dtypes;

    /** Size of its tensors. */
    public final long bytes;

    /** Its readable modules. */
    public final List<Layer> layers;

    /** SHA-256 of its files by name. */
    public final SortedMap<String, String> sha256;

    /** @param norm Frobenius norm of ΔW = s·B·A */
    public record Layer(String module, int rank, double scale, int in, int out, double norm) {}

    AdapterSummary(AdapterContents contents, Map<String, String> sha256) {
        List<ModuleTensors> readable = contents.readable().toList();
        TensorTotals totals = TensorTotals.of(contents.tensors());
        SortedSet<Double> alphas = new TreeSet<>();
        SortedSet<String> targets = new TreeSet<>();
        for (ModuleTensors m : readable) {
            alphas.add(contents.config().alphaOf(m.module()));
            targets.add(m.module().substring(m.module().lastIndexOf('.') + 1));
        }
        List<Layer> layers =
                readable.stream().map(m -> layer(contents.module(m))).toList();
        SortedSet<Integer> ranks =
                new TreeSet<>(layers.stream().map(Layer::rank).toList());
        baseModel = contents.config().baseModel();
        this.ranks = ranks;
        this.alphas = alphas;
        this.targets = targets;
        modules = contents.modules().size();
        parameters = totals.parameters();
        dtypes = totals.dtypes();
        bytes = totals.bytes();
        this.layers = layers;
        this.sha256 = new TreeMap<>(sha256);
    }

    private static Layer layer(LoraModule m) {
        return new Layer(m.name(), m.rank(), m.scale(), m.in(), m.out(), LowRankProduct.norm(m));
    }
}
