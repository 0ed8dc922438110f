package io.lorahub.adapter.page;

import io.lorahub.adapter.Adapter;
import io.lorahub.web.markdown.Markdown;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.qute.RawString;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Descriptions as HTML. Each text is rendered only once, when it is first shown after a change, so showing a page costs
 * no more than a look-up, whatever its author wrote.
 */
@ApplicationScoped
public class Descriptions {

    private final EntityManager entities;

    Descriptions(EntityManager entities) {
        this.entities = entities;
    }

    public RawString html(Adapter adapter) {
        String source = source(adapter.description);
        List<String> kept = entities.createNativeQuery(
                        "select html from adapter_description where adapter_id = ?1 and source = ?2", String.class)
                .setParameter(1, adapter.id)
                .setParameter(2, source)
                .getResultList();
        return kept.isEmpty() ? made(adapter, source) : new RawString(kept.get(0));
    }

    private RawString made(Adapter adapter, String source) {
        RawString html = Markdown.html(adapter.description);
        // selects from the adapter, because it may be deleted meanwhile
        QuarkusTransaction.requiringNew()
                .run(() -> entities.createNativeQuery(
                                "insert into adapter_description (adapter_id, source, html)"
                                        + " select id, ?2, ?3 from adapter where id = ?1"
                                        + " on conflict (adapter_id) do update set source = excluded.source, html = excluded.html")
                        .setParameter(1, adapter.id)
                        .setParameter(2, source)
                        .setParameter(3, html.getValue())
                        .executeUpdate());
        return html;
    }

    private static String source(String text) {
        MessageDigest digest = DigestUtils.getSha256Digest();
        digest.update((byte) Markdown.EDITION);
        return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
