package io.lorahub.bench.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Samples;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.optimize.strategy.Strategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** The strategies compared. */
record SearchReport(
        SearchPlan plan,
        int hubAdapters,
        List<SearchRun> runs,
        List<StrategyScore> scores,
        List<SearchControls.Result> controls,
        Optional<String> missing,
        Optional<PublishedResults> published) {

    /** @param missing why a control is missing */
    static SearchReport of(
            SearchPlan plan,
            int hubAdapters,
            List<SearchRun> runs,
            List<SearchControls.Result> controls,
            Optional<String> missing,
            Optional<PublishedResults> published) {
        List<StrategyScore> scores = new ArrayList<>();
        plan.budgets().forEach(budget -> plan.strategies().forEach(s -> scores.add(StrategyScore.of(s, budget, runs))));
        return new SearchReport(plan, hubAdapters, runs, scores, controls, missing, published);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "Demo hub: %d candidates%s, 5 examples, %d task%s, draws %s, %d seed%s; %d runs a row.%n",
                hubAdapters + plan.crowd(),
                plan.crowd() > 0 ? " (%d hidden among %d)".formatted(hubAdapters, plan.crowd()) : "",
                plan.tasks().size(),
                plan.tasks().size() == 1 ? "" : "s",
                plan.draws().stream().map(String::valueOf).collect(Collectors.joining(", ")),
                plan.seeds().size(),
                plan.seeds().size() == 1 ? "" : "s",
                plan.tasks().size() * plan.draws().size() * plan.seeds().size()));
        plan.budgets().forEach(budget -> text.append('\n').append(table(budget)));
        if (plan.crowd() > 0) text.append('\n').append(partsLine());
        if (plan.settings().population() > 1) text.append('\n').append(passesLine());
        if (plan.written().isPresent()) text.append('\n').append(writtenLine());
        text.append("\n* best of the column\n").append(defaultLine()).append('\n');
        missing.ifPresent(why -> text.append(why).append('\n'));
        return text.toString();
    }

    private String table(int budget) {
        TextTable table = new TextTable(
                "budget " + budget,
                "token loss, median",
                "quartiles",
                "exact match, mean %",
                "95 % interval",
                "all but the end, %",
                "but case or spaces, %",
                "adapters, median",
                "evaluations",
                "s per run");
        Ranking ranking = ranking(budget);
        for (StrategyScore score : ranking.scores()) {
            table.row(List.of(
                    score.strategy() + (score.strategy().equals(Strategy.DEFAULT) ? " (default)" : ""),
                    marked("%.4f", score.loss().median(), ranking.bestLoss()),
                    format(
                            "%.3f to %.3f",
                            score.loss().quantile(0.25), score.loss().quantile(0.75)),
                    marked("%.1f", score.exactMatch().mean(), ranking.bestExactMatch()),
                    interval(score.exactMatch()),
                    format("%.1f", score.nearMisses().end()),
                    format("%.1f", score.nearMisses().letters()),
                    format("%.1f", score.adapters().median()),
                    format("%.1f", score.evaluations().mean()),
                    marked("%.3f", score.seconds().median(), ranking.bestSeconds())));
        }
        controlNames().forEach(name -> {
            Samples loss = ofControl(name, SearchControls.Result::loss);
            table.row(List.of(
                    name,
                    format("%.4f  ", loss.median()),
                    format("%.3f to %.3f", loss.quantile(0.25), loss.quantile(0.75)),
                    format("%.1f  ", exactMatch(name).mean()),
                    interval(exactMatch(name)),
                    "",
                    "",
                    "",
                    format(
                            "%.1f",
                            ofControl(name, SearchControls.Result::evaluations).mean()),
                    format(
                            "%.3f  ",
                            ofControl(name, SearchControls.Result::seconds).median())));
        });
        published
                .flatMap(p -> p.exactMatch(plan, budget))
                .ifPresent(sample -> table.row(List.of(
                        "published program, as recorded",
                        "",
                        "",
                        format("%.1f  ", sample.mean()),
                        interval(sample),
                        "",
                        "",
                        "",
                        "",
                        "")));
        return table.toString();
    }

    private List<String> controlNames() {
        return controls.stream().map(SearchControls.Result::control).distinct().toList();
    }

    private Samples exactMatch(String control) {
        return ofControl(control, SearchControls.Result::exactMatch);
    }

    private Samples ofControl(String name, ToDoubleFunction<SearchControls.Result> value) {
        return Samples.of(
                controls.stream().filter(c -> c.control().equals(name)).toList(), value);
    }

    private static String interval(Samples samples) {
        double[] interval = samples.meanInterval();
        return format("%.1f to %.1f", interval[0], interval[1]);
    }

    private Ranking ranking(int budget) {
        return new Ranking(
                budget, scores.stream().filter(s -> s.budget() == budget).toList());
    }

    private String defaultLine() {
        if (!plan.strategies().contains(Strategy.DEFAULT)) {
            return "The default is %s, which was not measured here.".formatted(Strategy.DEFAULT);
        }
        return plan.budgets().stream()
                .map(budget -> ranking(budget).place(Strategy.DEFAULT))
                .collect(Collectors.joining("; ", "The default is " + Strategy.DEFAULT + ": ", "."));
    }

    private String partsLine() {
        return scores.stream()
                .map(s -> format(
                        "The adapters of a task's skills are among the first %d candidates that %s tries at budget %d in %.0f %% of runs.%n",
                        SearchRun.FIRST, s.strategy(), s.budget(), s.partsEarly()))
                .collect(Collectors.joining());
    }

    private String passesLine() {
        return plan.budgets().stream()
                .map(budget -> format(
                        "%d points at once: %.1f passes of the model per run at budget %d.%n",
                        plan.settings().population(),
                        runs.stream()
                                .filter(run -> run.budget() == budget)
                                .mapToInt(SearchRun::passes)
                                .average()
                                .orElse(0),
                        budget))
                .collect(Collectors.joining());
    }

    private String writtenLine() {
        return plan.budgets().stream()
                .map(budget -> writtenLine(
                        budget,
                        runs.stream()
                                .filter(run -> run.budget() == budget && run.written() != null)
                                .toList()))
                .collect(Collectors.joining());
    }

    private String writtenLine(int budget, List<SearchRun> written) {
        return format(
                "Written %s, budget %d: rank %.0f in the median, %d at most (lossless %.0f), exact match %.1f %% (lossless %.1f), different in %d of %d runs.%n",
                plan.written().get().compact()
                        ? "as compose does"
                        : "within a relative error of "
                                + plan.written().get().maxError().getAsDouble(),
                budget,
                Samples.of(written, run -> run.written().rank()).median(),
                written.stream().mapToInt(run -> run.written().rank()).max().orElse(0),
                Samples.of(written, run -> run.written().losslessRank()).median(),
                Samples.of(written, run -> run.written().exactMatch()).mean(),
                Samples.of(written, SearchRun::exactMatch).mean(),
                written.stream()
                        .filter(run -> run.written().exactMatch() != run.exactMatch())
                        .count(),
                written.size());
    }

    private static String marked(String format, double value, double best) {
        return format(format, value) + (value == best ? " *" : "  ");
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    JsonNode json() {
        ObjectNode node = BenchOutput.JSON.createObjectNode();
        node.put("default", Strategy.DEFAULT);
        node.put("why", defaultLine());
        node.put("candidates", hubAdapters + plan.crowd());
        node.put("crowd", plan.crowd());
        ArrayNode rows = node.putArray("scores");
        scores.forEach(s -> rows.add(s.json()));
        node.set("runs", BenchOutput.JSON.valueToTree(runs));
        if (!controls.isEmpty()) node.set("controls", BenchOutput.JSON.valueToTree(controls));
        missing.ifPresent(why -> node.put("missing_control", why));
        published.ifPresent(p -> {
            ObjectNode recorded = node.putObject("published_program_as_recorded");
            recorded.put("file", p.file().toString());
            ArrayNode budgets = recorded.putArray("scores");
            plan.budgets()
                    .forEach(budget -> p.exactMatch(plan, budget)
                            .ifPresent(sample ->
                                    budgets.addObject().put("budget", budget).put("exact_match_mean", sample.mean())));
        });
        return node;
    }

    /** The strategies at one budget, compared. */
    private record Ranking(int budget, List<StrategyScore> scores) {

        double bestLoss() {
            return scores.stream().mapToDouble(s -> s.loss().median()).min().orElseThrow();
        }

        double bestExactMatch() {
            return scores.stream().mapToDouble(s -> s.exactMatch().mean()).max().orElseThrow();
        }

        double bestSeconds() {
            return scores.stream().mapToDouble(s -> s.seconds().median()).min().orElseThrow();
        }

        /** The rank of a strategy among all that were measured, in words. */
        String place(String strategy) {
            StrategyScore own = scores.stream()
                    .filter(s -> s.strategy().equals(strategy))
                    .findFirst()
                    .orElseThrow();
            long byLoss = 1
                    + scores.stream()
                            .filter(s -> s.loss().median() < own.loss().median())
                            .count();
            long byMatch = 1
                    + scores.stream()
                            .filter(s ->
                                    s.exactMatch().mean() > own.exactMatch().mean())
                            .count();
            return String.format(
                    Locale.ROOT,
                    "at budget %d it is number %d of %d by median token loss (%.4f) and number %d by exact match (%.1f %%)",
                    budget,
                    byLoss,
                    scores.size(),
                    own.loss().median(),
                    byMatch,
                    own.exactMatch().mean());
        }
    }
}
