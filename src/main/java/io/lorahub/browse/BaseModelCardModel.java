package io.lorahub.browse;

import io.lorahub.basemodel.BaseModelRecord;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A base model on pages.
 *
 * @param entry    empty where it is not registered here, so that nothing can be composed on it
 * @param adapters that everybody finds
 */
record BaseModelCardModel(String name, Optional<BaseModelRecord> entry, int adapters) {

    /** Null where it is not registered, for templates. */
    public BaseModelRecord model() {
        return entry.orElse(null);
    }

    public String path() {
        return BaseModelsPage.PATH + "/"
                + Arrays.stream(name.split("/"))
                        .map(part ->
                                URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                        .collect(Collectors.joining("/"));
    }

    public String list() {
        return BrowseQuery.ALL.toggled(Facet.BASE, name).address(BrowsePage.PATH);
    }
}
