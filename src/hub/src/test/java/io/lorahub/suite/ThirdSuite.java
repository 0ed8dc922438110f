package io.lorahub.suite;

import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.IncludeTags;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/**
 * Tests with a configuration of the application that differs from the default in more than a limit. Each of them is built
 * and started once, because all are in this suite; {@code NobodyWorks} is in {@link FirstSuite}.
 */
@Suite
@SelectPackages("io.lorahub")
@IncludeClassNamePatterns(".*Test")
@IncludeTags(ThirdSuite.OWN_APPLICATION)
public class ThirdSuite {

    /** The tag of these tests. */
    public static final String OWN_APPLICATION = "own-application";
}
