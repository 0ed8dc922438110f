package io.lorahub.huggingface;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Viewer;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterRights;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.page.Likes;
import io.lorahub.web.ProblemException;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;

/**
 * Publishers, for clients of the Hugging Face Hub: the one that has a member's name is a user there, all others are
 * organizations. Their members also see how much storage each of their repositories takes.
 */
@Path("/api")
@Produces(MediaType.APPLICATION_JSON)
public class PublisherOverviewResource {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Adapters, and the names at which there is none yet. A content counts once in a repository, however many commits have it. */
    private static final String REPOSITORIES = """
            select m.name, m.visibility, m.updated_at, (select coalesce(sum(b.size), 0) from blob b where b.sha256 in (
                select f.sha256 from version_file f join adapter_version v on v.id = f.version_id where v.adapter_id = m.adapter
                union select r.sha256 from repository_blob r where r.repository_id = m.repository)) as bytes
            from (
              select a.name, a.visibility, a.updated_at, a.id as adapter,
                (select r.id from repository r where r.adapter_id = a.id) as repository
              from adapter a where a.publisher_id = :publisher
              union all
              select r.name, r.visibility,
                coalesce((select max(c.created_at) from repository_commit c where c.repository_id = r.id), r.created_at),
                null, r.id
              from repository r where r.publisher_id = :publisher and r.adapter_id is null) m
            order by bytes desc, m.name""";

    private final Viewer viewer;
    private final AdapterRights rights;
    private final Likes likes;
    private final EntityManager database;

    PublisherOverviewResource(Viewer viewer, AdapterRights rights, Likes likes, EntityManager database) {
        this.viewer = viewer;
        this.rights = rights;
        this.likes = likes;
        this.database = database;
    }

    @GET
    @Transactional
    @Path("/users/{user}/overview")
    @Operation(hidden = true)
    public JsonNode user(String user) {
        Publisher publisher =
                Publisher.named(user).orElseThrow(() -> HubErrors.noPublisher("There is no user %s.".formatted(user)));
        Person person = Person.named(publisher.name)
                .orElseThrow(() -> HubErrors.noPublisher(
                        "%s is an organization: ask for the overview of the organization.".formatted(publisher.name)));
        ObjectNode json = counts(publisher)
                .put("type", "user")
                .put("user", publisher.name)
                .put("isPro", false)
                .put("numDiscussions", 0)
                .put("numUpvotes", 0)
                .put("numFollowing", 0);
        if (viewer.id().filter(person.id::equals).isPresent()) {
            json.put("numLikes", likes.of(person).size()); // nobody else knows
        }
        json.putArray("orgs");
        return json;
    }

    @GET
    @Transactional
    @Path("/organizations/{organization}/overview")
    @Operation(hidden = true)
    public JsonNode organization(String organization) {
        Publisher publisher = organizationNamed(organization);
        return counts(publisher).put("type", "org").put("name", publisher.name).put("isVerified", false);
    }

    private static Publisher organizationNamed(String name) {
        Publisher publisher = Publisher.named(name)
                .orElseThrow(() -> HubErrors.noPublisher("There is no organization %s.".formatted(name)));
        if (Person.named(publisher.name).isPresent()) {
            throw HubErrors.noPublisher("%s is a member of this hub, no organization: ask for the overview of the user."
                    .formatted(publisher.name));
        }
        return publisher;
    }

    private static ObjectNode counts(Publisher publisher) {
        return JSON.createObjectNode()
                .put("fullname", publisher.title.isEmpty() ? publisher.name : publisher.title)
                .put("details", publisher.about)
                .put("avatarUrl", "")
                .put("createdAt", RepositoryJson.time(publisher.createdAt))
                .put("numModels", Adapter.count("publisher = ?1 and listed", publisher))
                .put("numDatasets", 0)
                .put("numSpaces", 0)
                .put("numPapers", 0)
                .put("numFollowers", 0);
    }

    @GET
    @Transactional
    @Path("/settings/repositories")
    @Operation(hidden = true)
    public JsonNode own() {
        return repositories(Publisher.named(viewer.require().name).orElseThrow());
    }

    /** @param organization also the caller's own name, because {@code hf repos ls --namespace} takes either */
    @GET
    @Transactional
    @Path("/organizations/{organization}/settings/repositories")
    @Operation(hidden = true)
    public JsonNode ofOrganization(String organization) {
        viewer.require();
        Publisher publisher = Publisher.named(organization)
                .filter(rights::mayPublishAs)
                .orElseThrow(() -> ProblemException.forbidden(
                        "Only members of %s see how much storage its repositories take.".formatted(organization)));
        return repositories(publisher);
    }

    private JsonNode repositories(Publisher publisher) {
        List<Object[]> rows = database.createNativeQuery(REPOSITORIES, Object[].class)
                .setParameter("publisher", publisher.id)
                .getResultList();
        long all = rows.stream().mapToLong(row -> ((Number) row[3]).longValue()).sum();
        ArrayNode list = JSON.createArrayNode();
        for (Object[] row : rows) {
            long bytes = ((Number) row[3]).longValue();
            list.addObject()
                    .put("id", publisher.name + "/" + row[0])
                    .put("type", "model")
                    .put("updatedAt", RepositoryJson.time((Instant) row[2]))
                    .put("visibility", Visibility.valueOf((String) row[1]).word())
                    .put("storage", bytes)
                    .put("storagePercent", all == 0 ? 0 : 100.0 * bytes / all);
        }
        return list;
    }
}
