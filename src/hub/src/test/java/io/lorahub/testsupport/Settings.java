package io.lorahub.testsupport;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Settings that hold during a test, or during each test of a class, such as {@code "lorahub.upload.per-member=1000"}. The
 * application goes on running, so this is for settings that are read when they are needed; see {@link ChangeableSettings}.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ChangeableSettings.DuringTests.class)
public @interface Settings {

    String[] value();
}
