package io.lorahub.settings.features;

import io.lorahub.account.AccountsConfig;
import io.lorahub.admin.AdminConfig;
import io.lorahub.basemodel.BaseModelConfig;
import io.lorahub.composition.CompositionConfig;
import io.lorahub.composition.model.WorkerConfig;
import io.lorahub.composition.task.TaskConfig;
import io.lorahub.demo.DemoConfig;
import io.lorahub.generation.GenerationConfig;
import io.lorahub.imports.source.ImportConfig;
import io.lorahub.moderation.ModerationConfig;
import io.lorahub.organisation.OrganisationConfig;
import io.lorahub.serve.ServeConfig;
import io.lorahub.storage.SweepConfig;
import io.lorahub.storage.object.StorageConfig;
import io.lorahub.storage.upkeep.ScrubConfig;
import io.lorahub.upload.UploadConfig;
import io.lorahub.uploadcheck.UploadCheckConfig;
import io.lorahub.web.WebConfig;
import io.lorahub.web.connection.ConnectionConfig;
import java.util.List;

/** The interfaces in which features declare their settings. */
public final class FeatureSettings {

    public static final List<Class<?>> ALL = List.of(
            AccountsConfig.class,
            AdminConfig.class,
            BaseModelConfig.class,
            CompositionConfig.class,
            ConnectionConfig.class,
            DemoConfig.class,
            GenerationConfig.class,
            ImportConfig.class,
            ModerationConfig.class,
            OrganisationConfig.class,
            ScrubConfig.class,
            ServeConfig.class,
            StorageConfig.class,
            SweepConfig.class,
            TaskConfig.class,
            UploadCheckConfig.class,
            UploadConfig.class,
            WebConfig.class,
            WorkerConfig.class);

    private FeatureSettings() {}
}
