package io.lorahub.moderation;

import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.account.Viewer;
import io.lorahub.account.settings.PasswordReset;
import io.lorahub.account.settings.StepUpAuthentication;
import io.lorahub.adapter.Adapter;
import io.lorahub.web.FormErrors;
import io.lorahub.web.ProblemException;
import io.lorahub.web.SiteAddress;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import jakarta.annotation.security.RolesAllowed;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.FormParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The moderators' view of members. */
@Path("/moderation/members")
@RolesAllowed("MODERATOR")
@Produces(MediaType.TEXT_HTML)
public class MembersPage {

    private static final int ROWS = 50;
    private static final String PATH = "/moderation/members/";

    private final Members members;
    private final PasswordReset reset;
    private final Viewer viewer;
    private final SiteAddress site;
    private final StepUpAuthentication stepUp;

    public MembersPage(
            Members members, PasswordReset reset, Viewer viewer, SiteAddress site, StepUpAuthentication stepUp) {
        this.members = members;
        this.reset = reset;
        this.viewer = viewer;
        this.site = site;
        this.stepUp = stepUp;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance members(List<Person> people, String q, FormErrors errors, String next);

        static native TemplateInstance member(
                Person person,
                long adapters,
                Role[] roles,
                boolean canBan,
                boolean secondFactor,
                Role chosen,
                String reason,
                FormErrors errors,
                String resetLink,
                Instant resetExpires);

        private Templates() {}
    }

    @GET
    public TemplateInstance members(
            @QueryParam("q") @DefaultValue("") String begins, @QueryParam("after") @DefaultValue("") String after) {
        List<Person> people = members.page(begins, after, ROWS + 1);
        String next = people.size() <= ROWS
                ? null
                : UriBuilder.fromPath("/moderation/members")
                        .queryParam("q", "{q}")
                        .queryParam("after", "{after}")
                        .build(begins, people.get(ROWS - 1).name)
                        .toString();
        return Templates.members(people.subList(0, Math.min(ROWS, people.size())), begins, FormErrors.NONE, next);
    }

    /** @param role that was chosen before the password was asked for, see {@link StepUpAuthentication} */
    @GET
    @Path("/{member}")
    public TemplateInstance member(@PathParam("member") String name, @QueryParam("role") Optional<String> role) {
        Person person = members.named(name);
        return show(person, role.flatMap(MembersPage::find).orElse(person.role), "", FormErrors.NONE, null, null);
    }

    @POST
    @Path("/{member}/ban")
    public Response ban(@PathParam("member") String name, @FormParam("reason") String reason) {
        return change(name, reason, n -> {
            members.ban(n, reason);
            return "Banned %s.".formatted(n);
        });
    }

    @POST
    @Path("/{member}/unban")
    public Response unban(@PathParam("member") String name) {
        return change(name, "", n -> (members.unban(n) ? "Lifted the ban of %s." : "%s isn't banned.").formatted(n));
    }

    @POST
    @Path("/{member}/role")
    @RolesAllowed("ADMIN")
    public Response changeRole(@PathParam("member") String name, @FormParam("role") String word) {
        stepUp.require(PATH + name, word == null ? Map.of() : Map.of("role", word));
        return change(name, "", n -> {
            members.changeRole(n, role(word));
            return "Changed the role of %s.".formatted(n);
        });
    }

    @POST
    @Path("/{member}/reset-link")
    @RolesAllowed("ADMIN")
    @Transactional
    public TemplateInstance resetLink(@PathParam("member") String name) {
        stepUp.require(PATH + name);
        Person person = members.named(name);
        String link = site.of(reset.link(person).toString());
        Instant end = Instant.now().plus(PasswordReset.LIFE);
        return show(person, person.role, "", FormErrors.NONE, link, end);
    }

    /** Helps a member who has lost the app and the recovery codes. */
    @POST
    @Path("/{member}/second-factor/remove")
    @RolesAllowed("ADMIN")
    public Response removeSecondFactor(@PathParam("member") String name) {
        stepUp.require(PATH + name);
        members.removeSecondFactor(name);
        return Toast.seeOther(PATH + name, "Turned off the second factor of %s.".formatted(name));
    }

    /** @param action does it to the member of a name, and says what it did */
    private Response change(String name, String reason, UnaryOperator<String> action) {
        viewer.requireSession();
        Person person = members.named(name);
        try {
            return Toast.seeOther(PATH + name, action.apply(name));
        } catch (ProblemException e) {
            return FormErrors.show(e, errors -> show(person, reason, errors));
        }
    }

    private TemplateInstance show(Person person, String reason, FormErrors errors) {
        return show(person, person.role, reason, errors, null, null);
    }

    /** @param link that sets a new password, until the end; null for none */
    private TemplateInstance show(
            Person person, Role role, String reason, FormErrors errors, String link, Instant end) {
        return Templates.member(
                person,
                adapters(person),
                Role.values(),
                members.canBan(person),
                members.hasSecondFactor(person),
                role,
                reason,
                errors,
                link,
                end);
    }

    private static long adapters(Person person) {
        return Adapter.count("select count(a) from Adapter a join a.publisher.members m where m = ?1", person);
    }

    static Role role(String word) {
        return find(word)
                .orElseThrow(() -> ProblemException.invalid("role", "The roles are member, moderator and admin."));
    }

    private static Optional<Role> find(String word) {
        return Arrays.stream(Role.values())
                .filter(role -> role.name().equalsIgnoreCase(word))
                .findFirst();
    }
}
