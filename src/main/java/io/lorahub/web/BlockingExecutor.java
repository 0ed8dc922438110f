package io.lorahub.web;

import io.quarkus.runtime.BlockingOperationControl;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Supplier;
import org.eclipse.microprofile.context.ManagedExecutor;

/** Does what blocks where blocking is allowed, within the same request. */
@ApplicationScoped
class BlockingExecutor {

    private final ManagedExecutor executor;

    BlockingExecutor(ManagedExecutor executor) {
        this.executor = executor;
    }

    <T> Uni<T> call(Supplier<T> work) {
        Uni<T> uni = Uni.createFrom().item(work);
        return BlockingOperationControl.isBlockingAllowed() ? uni : uni.runSubscriptionOn(executor);
    }
}
