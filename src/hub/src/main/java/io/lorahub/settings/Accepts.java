package io.lorahub.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Which values a setting accepts, as far as its type does not say it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Accepts {

    /** The smallest number. */
    int least() default 1;

    /** A regular expression for the text, or for each entry of a list. */
    String pattern() default "";

    /** Says in words what the pattern accepts: "cpu, gpu or gpu:N". */
    String words() default "";

    /** Whether an empty text is a mistake, where it would otherwise count as not set. */
    boolean notEmpty() default false;
}
