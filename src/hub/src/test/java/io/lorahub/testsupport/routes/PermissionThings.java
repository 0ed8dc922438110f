package io.lorahub.testsupport.routes;

import io.lorahub.account.AccessToken;
import io.lorahub.account.Person;
import io.lorahub.account.PersonSession;
import io.lorahub.account.Role;
import io.lorahub.account.settings.PasswordReset;
import io.lorahub.account.signin.FirstAdmin;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.AdapterState;
import io.lorahub.adapter.Visibility;
import io.lorahub.composition.CompositionRun;
import io.lorahub.testsupport.Hub;
import io.restassured.specification.RequestSpecification;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.core.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** New things of a member for each request, in place of the placeholders of paths. */
@ApplicationScoped
public class PermissionThings {

    static final String FILE = "recipe.json";
    private static final String FOLDER = "extra";

    /** Before the visibility or state of a repository. */
    private static final String NO_ADAPTER = "no adapter, ";

    private final Hub hub;
    private final PasswordReset reset;
    private final FirstAdmin firstAdmin;

    PermissionThings(Hub hub, PasswordReset reset, FirstAdmin firstAdmin) {
        this.hub = hub;
        this.reset = reset;
        this.firstAdmin = firstAdmin;
    }

    /**
     * The path with things of the owner in place of its placeholders.
     *
     * @param of as in the table
     * @param finished a run of which copies are made
     */
    @Transactional
    public String fill(String path, String of, Person owner, CompositionRun finished) {
        Map<String, String> values = new TreeMap<>(Map.of(
                "publisher",
                owner.name,
                "user",
                owner.name,
                "file",
                FILE,
                "part",
                "1",
                "prefix",
                "default",
                "hash",
                "0".repeat(64)));
        values.put("organization", owner.name);
        if (path.contains("{publisher}/{name}")) values.putAll(adapter(of, owner, finished));
        if (path.contains("{repository}")) values.putAll(repository(path, of, owner, finished));
        if (path.contains("{run}")) values.putAll(PermissionRows.run(of, owner, finished));
        if (path.contains("{id}")) values.put("id", id(path, owner));
        if (path.contains("{model}")) {
            boolean registration = path.contains("/base-model-registrations/");
            values.put("model", registration ? PermissionRows.registration() : PermissionRows.model());
        }
        if (path.contains("{model}/files")) values.put("file", PermissionRows.modelFile(values.get("model"), finished));
        if (path.contains("{program}")) values.put("program", "peft");
        if (path.contains("{member}")) values.put("member", hub.person(Role.MEMBER).name);
        if (path.contains("{secret}")) values.put("secret", secret(path, owner));
        if (path.contains("/publishers/{name}")) values.put("name", owner.name);
        if (path.contains("/workers/{name}")) values.put("name", PermissionRows.worker());
        if (path.contains("/files/{name}")) values.put("name", "adapter_config.json");
        String filled = path;
        for (Map.Entry<String, String> value : values.entrySet()) {
            filled = filled.replace("{" + value.getKey() + "}", value.getValue());
        }
        if (filled.contains("{")) throw new IllegalStateException("Nothing is known for a placeholder of " + filled);
        return filled;
    }

    /** The query or body that a request needs to refer to something; empty if none. */
    @Transactional
    public Map<String, Object> body(String path) {
        return switch (path) {
            case "/admin/base-models/remove" -> Map.of("name", PermissionRows.model());
            case "/admin/base-models/registrations/remove" -> Map.of("name", PermissionRows.registration());
            case "/admin/workers/drain", "/admin/workers/undrain" -> Map.of("name", PermissionRows.worker());
            case "/api/v1/uploads/{id}/files" ->
                Map.of("files", List.of(Map.of("name", "adapter_config.json", "size", 2)));
            case "/api/v1/moderation/cases/{publisher}/{name}/decisions" ->
                Map.of("action", "take-down", "reason", "It says nothing of its licence.", "edition", 0);
            // Answered at once: made already, no number, no input.
            case "/runs/{run}/result/export" -> Map.of("rank", 2);
            case "/runs/{run}/result/try" -> Map.of("w0", "a lot");
            case "/runs/{run}/label" -> Map.of("input", "");
            default -> Map.of();
        };
    }

    /** With the minimal body that the route takes. */
    public RequestSpecification filled(RequestSpecification request, Route route) {
        if (route.method().equals("GET") || route.method().equals("HEAD")) return request;
        Map<String, Object> body = body(route.path());
        return switch (route.consumes()) {
            case MediaType.MULTIPART_FORM_DATA -> request.multiPart("nothing", "");
            case MediaType.APPLICATION_JSON ->
                request.contentType(route.consumes()).body(body);
            case MediaType.APPLICATION_FORM_URLENCODED ->
                request.contentType(route.consumes()).formParams(body);
            default ->
                request.contentType(route.consumes())
                        .header("Upload-Offset", 0)
                        .body("{}".getBytes(StandardCharsets.US_ASCII));
        };
    }

    private Map<String, String> adapter(String of, Person owner, CompositionRun finished) {
        if (of.startsWith(NO_ADAPTER)) {
            return Map.of("name", PermissionRows.repository(of.substring(NO_ADAPTER.length()), owner, finished));
        }
        Adapter adapter = hub.adapter(owner, of.equals("private") ? Visibility.PRIVATE : Visibility.PUBLIC);
        if (of.equals("taken down")) {
            adapter.state = AdapterState.TAKEN_DOWN;
            adapter.stateReason = "Its licence is not the one of its base model.";
        }
        adapter.newest().files =
                new TreeMap<>(Map.of(FILE, finished.files.get(FILE), FOLDER + "/" + FILE, finished.files.get(FILE)));
        return Map.of("name", adapter.name, "label", "1.0.0");
    }

    private Map<String, String> repository(String path, String of, Person owner, CompositionRun finished) {
        String name = adapter(of, owner, finished).get("name");
        String file = path.contains("/tree/") ? FOLDER : FILE;
        return Map.of(
                "repository",
                owner.name + "/" + name,
                "revision",
                "main",
                "path",
                file,
                "branch",
                "none",
                "view",
                "tree");
    }

    private String id(String path, Person owner) {
        if (path.startsWith("/api/lfs/") || path.startsWith("/api/xet/")) return PermissionRows.transfer(path, owner);
        if (path.contains("/uploads/")) return PermissionRows.upload(owner);
        if (path.contains("/base-model")) return PermissionRows.baseModelImport(owner);
        if (path.contains("/imports/")) return PermissionRows.adapterImport(owner);
        if (path.contains("/merge")) return PermissionRows.merge(owner);
        if (path.contains("/inbox/") || path.contains("/notices/")) return PermissionRows.notice(owner);
        if (path.contains("/organisation/")) return PermissionRows.identity(owner);
        if (path.contains("/tokens/")) {
            hub.token(owner, AccessToken.Scope.READ);
            AccessToken token = AccessToken.find("person.id = ?1 order by id desc", owner.id)
                    .firstResult();
            return token.id.toString();
        }
        hub.session(owner);
        PersonSession session =
                PersonSession.find("person.id = ?1 order by id desc", owner.id).firstResult();
        return session.id.toString();
    }

    private String secret(String path, Person owner) {
        if (path.startsWith("/first-admin"))
            return firstAdmin.path().orElse("/first-admin/ended").substring(13);
        return reset.link(Person.findById(owner.id)).substring("/reset-password/".length());
    }
}
