package io.lorahub.composition.result;

import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.conversion.Conversions;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.preset.ExportPreset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parts of a result that can be downloaded.
 *
 * @param rank       rank of the lossless adapter; 0 if all weights are 0 and there is no adapter
 * @param ranks      ranks to which it can be compressed
 * @param made       files requested already, newest first
 * @param programs   other programs that load adapters of the base model
 * @param converted  files for programs that were requested already
 */
public record DownloadOffer(
        int rank,
        Sizes sizes,
        List<Rank> ranks,
        List<Exports.Made> made,
        List<ExportPreset> programs,
        List<Conversions.Made> converted) {

    /**
     * For each bound, the smallest rank that changes the update by less than it is offered; the last bound is
     * practically lossless.
     */
    private static final double[] CHANGES = {0.05, ExportOptions.COMPACT_ERROR, 0.001, 1e-6};

    /**
     * @param adapter size of the lossless adapter's weights
     * @param fixed   what is the same at every rank
     * @param model   size of a full model's weights
     */
    public record Sizes(long adapter, ResultFiles.Fixed fixed, long model) {}

    /** @param error norm of the part dropped by compressing to this rank, relative to the norm of the whole update */
    public record Rank(int rank, double error) {}

    /** @param bytes size of the lossless adapter's weights */
    static DownloadOffer of(
            CompositionRun run,
            RunResult result,
            long bytes,
            ResultFiles.Fixed fixed,
            List<Exports.Made> made,
            List<Conversions.Made> converted) {
        RunResult.Export export = result.export;
        if (export == null) {
            return new DownloadOffer(0, null, List.of(), List.of(), List.of(), List.of());
        }
        List<Rank> ranks = new ArrayList<>();
        double[] errors = export.errors() == null ? new double[0] : export.errors();
        for (int rank : worthwhile(errors)) ranks.add(new Rank(rank, errors[rank - 1]));
        // the lossless adapter is PEFT's already, and only PEFT loads replaced modules
        boolean others = result.replacing(run).isEmpty();
        List<ExportPreset> programs = Arrays.stream(ExportPreset.values())
                .filter(preset -> others)
                .filter(preset -> preset != ExportPreset.PEFT && preset.serves(run.baseModel.modelType))
                .toList();
        return new DownloadOffer(
                export.rank(), new Sizes(bytes, fixed, run.baseModel.bytes), ranks, made, programs, converted);
    }

    /** A handful of ranks below the full one: powers of two, and the smallest rank within each of {@link #CHANGES}. */
    private static Set<Integer> worthwhile(double[] errors) {
        Set<Integer> ranks = new TreeSet<>();
        for (double change : CHANGES) {
            for (int rank = 1; rank < errors.length; rank++) {
                if (errors[rank - 1] < change) {
                    ranks.add(rank);
                    break;
                }
            }
        }
        int enough = ranks.isEmpty() ? errors.length : Collections.max(ranks);
        for (int rank = 1; rank < Math.min(errors.length, enough); rank *= 2) ranks.add(rank);
        return ranks;
    }

    /**
     * The rank to propose: the smallest that most likely changes no answer, if it is much lower than the full one, else
     * the smallest that changes the update by less than 5 %, else half of the full rank.
     */
    public int proposed() {
        return smallest(ExportOptions.COMPACT_ERROR)
                .filter(smallest -> ExportOptions.isMuchLower(smallest, rank))
                .or(() -> smallest(0.05))
                .orElse(Math.max(1, rank / 2));
    }

    private Optional<Integer> smallest(double change) {
        return ranks.stream().filter(r -> r.error() < change).findFirst().map(Rank::rank);
    }

    /** Size of all files at a smaller rank: only the tensor values shrink with the rank. */
    public long bytes(int smaller) {
        ResultFiles.Fixed fixed = sizes.fixed();
        return fixed.header() + fixed.beside() + (sizes.adapter() - fixed.header()) * smaller / Math.max(1, rank);
    }

    public List<Exports.Made> compressed() {
        return made.stream().filter(one -> one.rank() > 0).toList();
    }

    public Optional<Exports.Made> model() {
        return made.stream().filter(one -> one.rank() == 0).findFirst();
    }

    public boolean isWaiting() {
        return made.stream().anyMatch(one -> one.task().isOpen())
                || converted.stream().anyMatch(one -> one.task().isOpen());
    }
}
