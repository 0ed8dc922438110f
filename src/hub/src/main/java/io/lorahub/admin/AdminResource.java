package io.lorahub.admin;

import io.lorahub.storage.upkeep.Sweep;
import io.lorahub.storage.upkeep.SweepResult;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Storage and settings, for admins. */
@Path("/api/v1/admin")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Administration")
@RolesAllowed("ADMIN")
public class AdminResource {

    private final StorageUse use;
    private final Sweep sweep;
    private final Config config;

    public AdminResource(StorageUse use, Sweep sweep, Config config) {
        this.use = use;
        this.sweep = sweep;
        this.config = config;
    }

    @GET
    @Path("/storage")
    @Operation(summary = "What uses the store")
    public List<StorageUse.Row> storage() {
        return use.rows();
    }

    @POST
    @Path("/storage/sweep")
    @Operation(summary = "Remove unused files from the store")
    public SweepResult sweep() {
        return sweep.run();
    }

    @GET
    @Path("/settings")
    @Operation(summary = "Settings in force; secrets are not shown")
    public List<SettingRow> settings() {
        return SettingRow.inForce(config);
    }
}
