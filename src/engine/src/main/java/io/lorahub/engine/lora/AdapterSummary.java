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

/**
 * Key data of an adapter.
 *
 * @param ranks      the different ranks of its modules
 * @param alphas     the different alphas of its modules
 * @param targets    the last parts of its modules' names, such as q and v
 * @param parameters number of values in its tensors
 * @param dtypes     types of its tensors
 * @param bytes      size of its tensors
 * @param layers     its readable modules
 * @param sha256     SHA-256 of its files by name
 */
public record AdapterSummary(
        Optional<String> baseModel,
        SortedSet<Integer> ranks,
        SortedSet<Double> alphas,
        SortedSet<String> targets,
        int modules,
        long parameters,
        SortedSet<String> dtypes,
        long bytes,
        List<Layer> layers,
        SortedMap<String, String> sha256) {

    /** @param norm Frobenius norm of ΔW = s·B·A */
    public record Layer(String module, int rank, double scale, int in, int out, double norm) {}

    static AdapterSummary of(AdapterContents contents, Map<String, String> sha256) {
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
        return new AdapterSummary(
                contents.config().baseModel(),
                ranks,
                alphas,
                targets,
                contents.modules().size(),
                totals.parameters(),
                totals.dtypes(),
                totals.bytes(),
                layers,
                new TreeMap<>(sha256));
    }

    private static Layer layer(LoraModule m) {
        return new Layer(m.name(), m.rank(), m.scale(), m.in(), m.out(), LowRankProduct.norm(m));
    }
}
