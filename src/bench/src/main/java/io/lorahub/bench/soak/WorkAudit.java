package io.lorahub.bench.soak;

import io.lorahub.bench.hub.HubUnderTest;
import java.util.Collection;

/** Looks in the database for what the members' work has made, once it has ended. */
record WorkAudit(HubUnderTest hub) {

    private static final String VERSIONS = "from adapter_version v join adapter a on a.id = v.adapter_id"
            + " join publisher p on p.id = a.publisher_id where p.name || '/' || a.name = '%s'";

    void check(Collection<Work> works) {
        for (Work work : works) {
            if (!work.hasEnded() || !work.why().isEmpty()) continue;
            switch (work.kind()) {
                case UPLOAD, XET, IMPORT -> checkAdapter(work);
                case RUN -> checkRun(work);
                case LIVE -> checkPage(work);
            }
        }
    }

    /** One version with the files that were sent. */
    private void checkAdapter(Work work) {
        String versions = VERSIONS.formatted(work.name());
        long count = Long.parseLong(hub.ask("select count(*) " + versions));
        if (count == 0) work.lost("There is no version.");
        if (count > 1) work.twice();
        String files = hub.ask("select string_agg(distinct f.sha256, ',') from version_file f"
                + " where f.name = 'adapter_model.safetensors' and f.version_id in (select v.id " + versions + ")");
        if (!work.result().equals(files)) work.lost("Its versions have the files " + files);
    }

    /** One run, each of whose evaluations is in its log once and has been counted once. */
    private void checkRun(Work work) {
        if (!hub.ask("select count(*) from composition_run where title = '%s'".formatted(work.name()))
                .equals("1")) {
            work.twice();
        }
        String log = hub.ask("select count(*) = max(number) and min(number) = 1 and sum(cost) = max(r.spent)"
                + " from composition_evaluation e join composition_run r on r.id = e.run_id where r.id = '%s'"
                        .formatted(work.result()));
        if (!"t".equals(log)) work.lost("The log of %s isn't whole.".formatted(work.result()));
    }

    /** The page has every point of the log. */
    private void checkPage(Work work) {
        String log = hub.ask(
                "select string_agg(number::text, ',' order by number) from composition_evaluation where run_id = '%s'"
                        .formatted(work.name()));
        if (!work.result().equals(log)) {
            work.lost("The page has the points %s, the log %s.".formatted(work.result(), log));
        }
    }
}
