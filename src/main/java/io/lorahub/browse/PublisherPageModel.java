package io.lorahub.browse;

import io.lorahub.account.Publisher;
import java.util.List;

/**
 * What the page of a publisher shows.
 *
 * @param own    whether the viewer is a member of it
 * @param list   address of all its adapters
 * @param listed the first of those
 * @param hidden what only members and moderators see
 */
record PublisherPageModel(Publisher publisher, boolean own, String list, BrowseResult listed, List<AdapterRow> hidden) {

    public String title() {
        return publisher.title.isEmpty() ? publisher.name : publisher.title;
    }

    public boolean isTitled() {
        return !publisher.title.isEmpty() && !publisher.title.equals(publisher.name);
    }

    public int total() {
        return listed.total();
    }

    public List<AdapterRow> rows() {
        return listed.rows();
    }

    public boolean isMore() {
        return listed.next().isPresent();
    }

    public boolean isBare() {
        return rows().isEmpty() && hidden.isEmpty();
    }

    public String feed() {
        return BrowseQuery.ALL.toggled(Facet.PUBLISHER, publisher.name).address(AdapterFeed.PATH);
    }

    /** For previews elsewhere, in a line. */
    public String about() {
        String text = publisher.about.replaceAll("\\s+", " ").strip();
        if (text.isEmpty()) return "Adapters of " + title() + " on LoraHub.";
        return text.length() <= 200 ? text : text.substring(0, 199).strip() + "…";
    }
}
