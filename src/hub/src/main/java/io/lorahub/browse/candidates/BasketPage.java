package io.lorahub.browse.candidates;

import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Adapters;
import io.lorahub.basemodel.BaseModels;
import io.lorahub.browse.search.AdapterRow;
import io.lorahub.browse.search.AdapterRows;
import io.lorahub.browse.search.AdapterSearch;
import io.lorahub.browse.search.BrowseParameters;
import io.lorahub.browse.search.BrowseQuery;
import io.lorahub.web.Format;
import io.lorahub.web.LocalPath;
import io.lorahub.web.ProblemException;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;

/** The visitor's candidates: which can be combined, and why others cannot. */
@Path("/candidates")
@Produces(MediaType.TEXT_HTML)
public class BasketPage {

    /**
     * Candidates with the same base model, which can be combined with each other but not with others.
     *
     * @param runs whether the base model is registered here, so that compositions on it are possible
     */
    record CandidateGroup(String baseModel, boolean runs, List<AdapterRow> rows) {

        /** In the order of each group's first adapter. */
        static List<CandidateGroup> of(List<AdapterRow> rows, Set<String> registered) {
            Map<String, List<AdapterRow>> groups = new LinkedHashMap<>();
            rows.forEach(row -> groups.computeIfAbsent(row.baseModel, base -> new ArrayList<>())
                    .add(row));
            return groups.entrySet().stream()
                    .map(group ->
                            new CandidateGroup(group.getKey(), registered.contains(group.getKey()), group.getValue()))
                    .toList();
        }

        /** Adapters whose licences do not permit publishing a composition. */
        public List<AdapterRow> withoutDerivatives() {
            return rows.stream().filter(row -> !row.derivatives).toList();
        }
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance show(List<CandidateGroup> groups, int count, long gone);
    }

    private final CandidateBasket basket;
    private final Adapters adapters;
    private final AdapterRows rows;
    private final AdapterSearch search;
    private final BaseModels models;
    private final Viewer viewer;

    BasketPage(
            CandidateBasket basket,
            Adapters adapters,
            AdapterRows rows,
            AdapterSearch search,
            BaseModels models,
            Viewer viewer) {
        this.basket = basket;
        this.adapters = adapters;
        this.rows = rows;
        this.search = search;
        this.models = models;
        this.viewer = viewer;
    }

    /** Removes adapters that are gone or no longer visible to the viewer, and says so. */
    @GET
    @Operation(hidden = true)
    public Response show() {
        List<Long> seen = basket.adapters().stream().map(adapter -> adapter.id).toList();
        long gone = basket.count() - seen.size();
        if (gone > 0) {
            basket.clear();
            basket.add(seen);
        }
        Set<String> registered = models.all().stream().map(model -> model.name).collect(Collectors.toSet());
        List<AdapterRow> present = rows.all(seen.stream().map(Math::toIntExact).toList());
        Response.ResponseBuilder page =
                Response.ok(Templates.show(CandidateGroup.of(present, registered), present.size(), gone));
        return gone > 0 || viewer.isSignedIn() && basket.isSent()
                ? page.cookie(basket.save()).build()
                : page.build();
    }

    /** @param addresses addresses as {@code publisher/name} */
    @POST
    @Path("/add")
    @Operation(hidden = true)
    public Response add(@FormParam("adapter") List<String> addresses, @FormParam("back") String back) {
        return added(visible(addresses).stream().map(adapter -> adapter.id).toList(), back);
    }

    /** Adds the first adapters of a list: the form contains the list's parameters, named as in its address. */
    @POST
    @Path("/add-found")
    @Operation(hidden = true)
    public Response addFound(MultivaluedMap<String, String> form) {
        BrowseQuery query = new BrowseParameters(form).query().withLimit(CandidateBasket.MOST);
        List<Long> ids = search.find(query, 0).rows().stream()
                .map(row -> row.id)
                .filter(id -> !basket.has(id))
                .toList();
        return added(ids, form.getFirst("back"));
    }

    @POST
    @Path("/remove")
    @Operation(hidden = true)
    public Response remove(@FormParam("adapter") List<String> addresses, @FormParam("back") String back) {
        List<Adapter> gone = visible(addresses);
        basket.remove(gone.stream().map(adapter -> adapter.id).toList());
        return seeOther(
                back,
                gone.size() == 1
                        ? "Removed %s from your candidates."
                                .formatted(gone.get(0).address())
                        : "Removed %s.".formatted(candidates(gone.size())));
    }

    /** Removes all other candidates. */
    @POST
    @Path("/keep")
    @Operation(hidden = true)
    public Response retain(@FormParam("adapter") List<String> addresses, @FormParam("back") String back) {
        List<Long> kept = visible(addresses).stream().map(adapter -> adapter.id).toList();
        basket.clear();
        return seeOther(back, "Kept %s.".formatted(candidates(basket.add(kept))));
    }

    @POST
    @Path("/clear")
    @Operation(hidden = true)
    public Response clear(@FormParam("back") String back) {
        basket.clear();
        return seeOther(back, "Cleared your candidates.");
    }

    private Response added(List<Long> ids, String back) {
        int room = basket.add(ids);
        String sentence = "Added %s.".formatted(candidates(room));
        if (room < ids.size()) {
            sentence = "%s %s left out: there can be %d candidates at a time."
                    .formatted(
                            sentence,
                            ids.size() - room == 1 ? "One was" : Format.number(ids.size() - room) + " were",
                            CandidateBasket.MOST);
        }
        return seeOther(back, ids.isEmpty() ? "All of these are candidates already." : sentence);
    }

    private Response seeOther(String back, String sentence) {
        LocalPath path = back == null ? new LocalPath("/candidates") : LocalPath.orStart(back);
        return Response.fromResponse(Toast.seeOther(path.text(), sentence))
                .cookie(basket.save())
                .build();
    }

    private List<Adapter> visible(List<String> addresses) {
        if (addresses == null || addresses.isEmpty()) {
            throw ProblemException.invalid("adapter", "Name the adapter as publisher/name.");
        }
        if (addresses.size() > CandidateBasket.MOST) {
            throw ProblemException.invalid(
                    "adapter", "These are more than %d adapters.".formatted(CandidateBasket.MOST));
        }
        List<Adapter> visible = new ArrayList<>();
        for (String address : addresses) {
            int slash = address.indexOf('/');
            if (slash < 0) throw ProblemException.notFound("adapter");
            visible.add(adapters.visible(address.substring(0, slash), address.substring(slash + 1)));
        }
        return visible;
    }

    private static String candidates(int count) {
        return count == 1 ? "1 candidate" : Format.number(count) + " candidates";
    }
}
