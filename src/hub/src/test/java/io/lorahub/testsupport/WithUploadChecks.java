package io.lorahub.testsupport;

import io.lorahub.uploadcheck.ModelChecks;
import io.quarkus.arc.Arc;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** During each test, uploads are checked as on a real hub. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(WithUploadChecks.DuringTests.class)
public @interface WithUploadChecks {

    final class DuringTests implements BeforeEachCallback, AfterEachCallback {

        private ModelChecks checks;

        @Override
        public void beforeEach(ExtensionContext context) {
            checks = Arc.container().instance(ModelChecks.class).get();
            checks.start();
        }

        @Override
        public void afterEach(ExtensionContext context) {
            checks.stop();
        }
    }
}
