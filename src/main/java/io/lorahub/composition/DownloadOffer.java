package io.lorahub.composition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What of a result can be downloaded.
 *
 * @param rank       of the lossless adapter; 0 where all weights are 0 and there is no adapter
 * @param bytes      of its weights
 * @param modelBytes of a full model's weights
 * @param ranks      to which it can be compressed
 * @param made       what was asked for already, newest first
 */
public record DownloadOffer(int rank, long bytes, long modelBytes, List<Rank> ranks, List<Exports.Made> made) {

    /** More ranks than these are offered in steps. */
    private static final int MOST = 64;

    /** @param error that compressing to it brings: the norm of what is dropped by the norm of the whole update */
    public record Rank(int rank, double error) {}

    /** @param bytes of the lossless adapter's weights */
    static DownloadOffer of(CompositionRun run, RunResult result, long bytes, List<Exports.Made> made) {
        RunResult.Export export = result.export();
        if (export == null) return new DownloadOffer(0, 0, 0, List.of(), List.of());
        List<Rank> ranks = new ArrayList<>();
        double[] errors = export.errors() == null ? new double[0] : export.errors();
        int step = Math.max(1, errors.length / MOST);
        for (int rank = step; rank < errors.length; rank += step) ranks.add(new Rank(rank, errors[rank - 1]));
        return new DownloadOffer(export.rank(), bytes, run.baseModel.bytes, ranks, made);
    }

    /** The rank to propose: the smallest that changes the update by less than 5 %, or half of what there is. */
    public int proposed() {
        return ranks.stream()
                .filter(rank -> rank.error() < 0.05)
                .findFirst()
                .map(Rank::rank)
                .orElse(Math.max(1, rank / 2));
    }

    /** Of a rank that is smaller, about. */
    public long bytes(int smaller) {
        return bytes * smaller / Math.max(1, rank);
    }

    public List<Exports.Made> compressed() {
        return made.stream().filter(one -> one.rank() > 0).toList();
    }

    public Optional<Exports.Made> model() {
        return made.stream().filter(one -> one.rank() == 0).findFirst();
    }

    public boolean isWaiting() {
        return made.stream().anyMatch(Exports.Made::waiting);
    }
}
