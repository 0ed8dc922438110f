package io.lorahub.adapter.page;

import io.lorahub.adapter.Adapter;
import io.lorahub.web.chart.Chart;
import java.util.List;

/** The downloads of an adapter on each of the last days. */
final class DownloadChart {

    private static final int DAYS = 90;

    private DownloadChart() {}

    /** null if there was none. */
    static Chart of(Adapter adapter) {
        List<Object[]> rows = Adapter.getEntityManager()
                .createNativeQuery(
                        "select day - date '1970-01-01', downloads from adapter_day"
                                + " where adapter_id = ?1 and downloads > 0 and day > (now() at time zone 'utc')::date - ?2"
                                + " order by day",
                        Object[].class)
                .setParameter(1, adapter.id)
                .setParameter(2, DAYS)
                .getResultList();
        List<Chart.Point> points = rows.stream()
                .map(row -> new Chart.Point(((Number) row[0]).doubleValue(), ((Number) row[1]).doubleValue()))
                .toList();
        return points.isEmpty() ? null : Chart.ofDays("Downloads by day", "downloads", DAYS, points);
    }
}
