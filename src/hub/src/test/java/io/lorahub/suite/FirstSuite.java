package io.lorahub.suite;

import org.junit.platform.suite.api.ExcludeTags;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/**
 * A third of the hub's tests, by time. Each third is run by a JVM of its own, with its applications and a database; the
 * three run beside each other, since tests wait about as long as they compute.
 */
@Suite
@SelectPackages("io.lorahub")
@IncludeClassNamePatterns(FirstSuite.CLASSES)
@ExcludeTags(ThirdSuite.OWN_APPLICATION)
class FirstSuite {

    static final String CLASSES = "io\\.lorahub\\.(basemodel|browse|composition|download|moderation)\\..*Test";
}
