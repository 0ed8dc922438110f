package io.lorahub.admin;

import io.lorahub.storage.directory.FreeSpace;
import io.lorahub.storage.upkeep.Scrub;
import io.lorahub.storage.upkeep.Sweep;
import io.lorahub.storage.upkeep.SweepResult;
import io.lorahub.upload.MemberStorage;
import io.lorahub.web.Format;
import io.lorahub.web.Toast;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.health.SmallRyeHealthReporter;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/** Pages for admins only: overview, storage, settings, health. */
@Path("/admin")
@RolesAllowed("ADMIN")
@Produces(MediaType.TEXT_HTML)
public class AdminPage {

    private static final int MEMBERS_SHOWN = 20;

    private final Overview overview;
    private final FreeSpace disk;
    private final StorageUse use;
    private final MemberStorage members;
    private final Sweep sweep;
    private final Scrub scrub;
    private final Config config;
    private final SmallRyeHealthReporter health;

    public AdminPage(
            Overview overview,
            FreeSpace disk,
            StorageUse use,
            MemberStorage members,
            Sweep sweep,
            Scrub scrub,
            Config config,
            SmallRyeHealthReporter health) {
        this.overview = overview;
        this.disk = disk;
        this.use = use;
        this.members = members;
        this.sweep = sweep;
        this.scrub = scrub;
        this.config = config;
        this.health = health;
    }

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance overview(
                Overview.Figures figures, long stored, long free, Health health, int damaged);

        static native TemplateInstance storage(
                List<StorageUse.Row> rows,
                List<MemberStorage.Use> members,
                List<Scrub.Damaged> damaged,
                Instant allReadSince);

        static native TemplateInstance settings(List<SettingRow> settings);

        static native TemplateInstance health(Health health);

        private Templates() {}
    }

    @GET
    public TemplateInstance start() {
        long stored = use.rows().stream().mapToLong(StorageUse.Row::bytes).sum();
        return Templates.overview(
                overview.figures(),
                stored,
                disk.least(),
                Health.of(health),
                scrub.damaged().size());
    }

    @GET
    @Path("/storage")
    public TemplateInstance storage() {
        return Templates.storage(
                use.rows(),
                members.largest(MEMBERS_SHOWN),
                scrub.damaged(),
                scrub.allReadSince().orElse(null));
    }

    @POST
    @Path("/storage/sweep")
    public Response sweep() {
        SweepResult removed = sweep.run();
        return Toast.seeOther(
                "/admin/storage",
                "Removed %d files and %d upload parts, %s."
                        .formatted(removed.blobs(), removed.staged(), Format.bytes(removed.bytes())));
    }

    @GET
    @Path("/settings")
    public TemplateInstance settings() {
        return Templates.settings(SettingRow.inForce(config));
    }

    @GET
    @Path("/health")
    public TemplateInstance health() {
        return Templates.health(Health.of(health));
    }
}
