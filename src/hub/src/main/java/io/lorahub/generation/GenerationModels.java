package io.lorahub.generation;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterAddress;
import io.lorahub.adapter.AdapterVersion;
import io.lorahub.adapter.Adapters;
import io.lorahub.adapter.MovedException;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunRights;
import io.lorahub.composition.RunState;
import io.lorahub.composition.request.RunValidator;
import io.lorahub.engine.model.LayerGroups;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;
import io.lorahub.web.ProblemType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The models that a request can name: a base model by its name, an adapter by its address, the result of a run as
 * {@code runs/ID}, and a mix as {@code demo/un:1.08+demo/past:0.83}, with one weight for all layers or one for each third of
 * them, as in {@code demo/un:1.0/0.5/0.2}. Rights are those of the pages.
 */
@ApplicationScoped
class GenerationModels {

    private static final String RUNS = "runs/";

    /** As in merges. */
    private static final double LARGEST_WEIGHT = 100;

    private static final int LONGEST_NAME = 10_000;

    /** An address, and what follows the colon. */
    private static final Pattern PART = Pattern.compile("([^:+]+)(?::([^:+]+))?");

    private static final Pattern WEIGHT = Pattern.compile("-?[0-9]{1,6}(\\.[0-9]{1,20})?([eE]-?[0-9]{1,2})?");

    /** Adapters that the caller can see in lists and a worker can run, by their ids; a base model comes before one of its name. */
    private static final String LISTED = """
            select p.name, a.name, a.createdAt from Adapter a join a.publisher p
             where a.id > :after and a.baseModel in (select name from BaseModelRecord)
               and (a.listed or exists (select m from p.members m where m.id = :person))
               and not exists (select b from BaseModelRecord b where b.name = concat(p.name, '/', a.name))
             order by a.id""";

    private final Adapters adapters;
    private final RunValidator validator;
    private final RunRights runs;
    private final Viewer viewer;
    private final EntityManager entities;

    GenerationModels(Adapters adapters, RunValidator validator, RunRights runs, Viewer viewer, EntityManager entities) {
        this.adapters = adapters;
        this.validator = validator;
        this.runs = runs;
        this.viewer = viewer;
        this.entities = entities;
    }

    /**
     * A model that the caller can use.
     *
     * @param base  with its files loaded
     * @param parts the adapters with their weights; none for the base model itself
     */
    record Named(BaseModelRecord base, List<GenerationWork.Part> parts, View view) {}

    /**
     * A model as OpenAI's API describes it.
     *
     * @param created in seconds since 1970
     * @param ownedBy publisher of an adapter, and otherwise {@code system}
     */
    record View(
            String id,
            String object,
            long created,
            @JsonProperty("owned_by") String ownedBy) {

        private static View of(String id, Instant created, String owner) {
            return new View(id, "model", created.getEpochSecond(), owner);
        }
    }

    /** An adapter, without its card, which can be long. */
    public record Listed(String publisher, String name, Instant createdAt) {}

    /** A page of the list. */
    record Views(
            String object,
            List<View> data,
            @JsonProperty("has_more") boolean hasMore) {}

    /**
     * The models that the caller can see, mixes and results of runs left out.
     *
     * @param after id of the last model of the page before; empty for the first page, which begins with the base models
     */
    @Transactional
    Views list(Optional<String> after, int limit) {
        List<View> views = new ArrayList<>();
        long last = 0;
        Optional<String> base = after.filter(name -> BaseModelRecord.named(name).isPresent());
        if (after.isPresent() && base.isEmpty()) {
            last = visible(after.get()).id;
        } else {
            BaseModelRecord.<BaseModelRecord>list("name > ?1 order by name", base.orElse(""))
                    .forEach(model -> views.add(view(model)));
        }
        entities.createQuery(LISTED, Listed.class)
                .setParameter("after", last)
                .setParameter("person", viewer.id().orElse(0L))
                .setMaxResults(limit + 1)
                .getResultStream()
                .map(one -> View.of(one.publisher + "/" + one.name, one.createdAt, one.publisher))
                .forEach(views::add);
        boolean more = views.size() > limit;
        return new Views("list", more ? List.copyOf(views.subList(0, limit)) : views, more);
    }

    private static View view(BaseModelRecord model) {
        return View.of(model.name, model.createdAt, "system");
    }

    /** @throws ProblemException not found, also if the caller must not know that the model exists */
    @Transactional
    Named named(String name) {
        if (name.length() > LONGEST_NAME) throw absent(name);
        Optional<BaseModelRecord> base = BaseModelRecord.named(name);
        if (base.isPresent()) return of(base.get(), List.of(), view(base.get()));
        return name.startsWith(RUNS) ? result(name) : mix(name);
    }

    private static Named of(BaseModelRecord base, List<GenerationWork.Part> parts, View view) {
        base.files.size(); // loaded, because they are read after the transaction
        return new Named(base, parts, view);
    }

    /** The result of a run is the adapter that it made, or the base model if all weights are 0. */
    private Named result(String name) {
        CompositionRun run =
                runs.find(name.substring(RUNS.length())).filter(runs::maySee).orElseThrow(() -> absent(name));
        if (run.state != RunState.SUCCEEDED) {
            throw absentBecause("The run “%s” has no result.".formatted(run.title));
        }
        run.refusal(viewer.person()).ifPresent(why -> {
            throw ProblemException.forbidden(why);
        });
        List<GenerationWork.Part> parts =
                run.files.isEmpty() ? List.of() : List.of(part(name, run.files, List.of(1.0)));
        return of(run.baseModel, parts, View.of(name, run.endedAt, "system"));
    }

    private Named mix(String name) {
        List<String> addresses = new ArrayList<>();
        List<List<Double>> weights = new ArrayList<>();
        String[] parts = name.split("\\+", -1);
        validator.tooMany(parts.length).ifPresent(why -> {
            throw ProblemException.invalid("model", why);
        });
        for (String text : parts) {
            Matcher part = PART.matcher(text);
            if (!part.matches()) throw text.endsWith(":") ? noWeight() : absent(name);
            addresses.add(part.group(1));
            weights.add(part.group(2) == null ? List.of(1.0) : weights(part.group(2)));
        }
        Map<String, AdapterVersion> found = validator.visible(addresses);
        addresses.stream()
                .filter(address -> !found.containsKey(address))
                .findFirst()
                .ifPresent(this::visible);
        List<FieldError> causes = new ArrayList<>();
        List<AdapterVersion> versions = validator.candidates(addresses, causes);
        BaseModelRecord base = causes.isEmpty() ? RunValidator.baseModel(Optional.empty(), versions, causes) : null;
        versions.stream()
                .filter(version -> version.files.isEmpty())
                .forEach(version -> causes.add(
                        new FieldError("model", "The adapter %s has no files.".formatted(version.adapter.address()))));
        if (!causes.isEmpty())
            throw ProblemException.invalid("model", causes.get(0).message());
        List<GenerationWork.Part> mixed = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            AdapterVersion version = versions.get(i);
            mixed.add(part(version.adapter.address() + "@" + version.label, version.files, weights.get(i)));
        }
        AdapterVersion first = versions.get(0);
        return of(base, mixed, View.of(name, first.publishedAt, first.adapter.publisher.name));
    }

    /** @throws ProblemException not found; with the new name if it was moved */
    private Adapter visible(String address) {
        try {
            AdapterAddress found = AdapterAddress.find(address).orElseThrow(() -> absent(address));
            Adapter adapter = adapters.visible(found.publisher(), found.name());
            found.version().ifPresent(label -> adapters.version(adapter, label));
            return adapter;
        } catch (MovedException e) {
            throw absentBecause(e.getMessage());
        } catch (ProblemException e) {
            throw absent(address);
        }
    }

    /** One for all layers, or one for each third. */
    private static List<Double> weights(String text) {
        List<Double> weights = Stream.of(text.split("/", -1))
                .filter(weight -> WEIGHT.matcher(weight).matches())
                .map(Double::valueOf)
                .filter(weight -> Math.abs(weight) <= LARGEST_WEIGHT)
                .toList();
        boolean whole = weights.size() == text.split("/", -1).length;
        if (!whole || weights.size() != 1 && weights.size() != LayerGroups.THIRDS.size()) {
            throw noWeight();
        }
        return weights;
    }

    private static ProblemException noWeight() {
        return ProblemException.invalid(
                "model",
                "After the colon of an adapter, write its weight, as in demo/un:1.08, or one for each third of the layers, as in demo/un:1.0/0.5/0.2; from -%1$.0f to %1$.0f."
                        .formatted(LARGEST_WEIGHT));
    }

    private static GenerationWork.Part part(String name, Map<String, String> files, List<Double> weights) {
        return new GenerationWork.Part(
                name,
                Map.copyOf(files),
                weights.size() == 1 ? Collections.nCopies(LayerGroups.THIRDS.size(), weights.get(0)) : weights);
    }

    private static ProblemException absent(String name) {
        return absentBecause("There is no model '%s', or you can't see it.".formatted(shown(name)));
    }

    private static String shown(String name) {
        return name.length() <= 100 ? name : name.substring(0, 100) + "…";
    }

    private static ProblemException absentBecause(String why) {
        return new ProblemException(
                ProblemType.NOT_FOUND,
                ProblemType.NOT_FOUND.headline,
                why,
                List.of(new FieldError("model", why)),
                Map.of());
    }
}
