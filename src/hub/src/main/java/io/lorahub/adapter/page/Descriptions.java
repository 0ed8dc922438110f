package io.lorahub.adapter.page;

import io.lorahub.adapter.Adapter;
import io.lorahub.web.markdown.Markdown;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.qute.RawString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Descriptions as HTML. Each text is rendered when it is first shown after a change, and kept, so showing a page costs
 * no more than a look-up, whatever its author wrote.
 */
final class Descriptions {

    /** The page has a connection already; if many pages waited for a second one at once, none would get it. */
    private static final Semaphore STORING = new Semaphore(1);

    private Descriptions() {}

    static RawString html(Adapter adapter) {
        String source = source(adapter.description);
        List<String> kept = Adapter.getEntityManager()
                .createNativeQuery(
                        "select html from adapter_description where adapter_id = ?1 and source = ?2", String.class)
                .setParameter(1, adapter.id)
                .setParameter(2, source)
                .getResultList();
        return kept.isEmpty() ? made(adapter, source) : new RawString(kept.get(0));
    }

    private static RawString made(Adapter adapter, String source) {
        RawString html = Markdown.html(adapter.description);
        if (STORING.tryAcquire()) {
            try {
                store(adapter, source, html);
            } finally {
                STORING.release();
            }
        }
        return html;
    }

    private static void store(Adapter adapter, String source, RawString html) {
        // selects from the adapter, because it may be deleted meanwhile
        QuarkusTransaction.requiringNew()
                .run(() -> Adapter.getEntityManager()
                        .createNativeQuery(
                                "insert into adapter_description (adapter_id, source, html)"
                                        + " select id, ?2, ?3 from adapter where id = ?1"
                                        + " on conflict (adapter_id) do update set source = excluded.source, html = excluded.html")
                        .setParameter(1, adapter.id)
                        .setParameter(2, source)
                        .setParameter(3, html.getValue())
                        .executeUpdate());
    }

    private static String source(String text) {
        MessageDigest digest = DigestUtils.getSha256Digest();
        digest.update((byte) Markdown.EDITION);
        return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
