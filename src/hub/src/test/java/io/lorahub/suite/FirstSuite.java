package io.lorahub.suite;

import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/**
 * One half of the hub's tests by time; the other half runs beside it, with an application and a database of its own.
 * Where the application has another configuration, all tests with that one are in the same half, because each
 * configuration costs a start.
 */
@Suite
@SelectPackages("io.lorahub")
@IncludeClassNamePatterns(FirstSuite.CLASSES)
class FirstSuite {

    static final String CLASSES =
            "io\\.lorahub\\.(basemodel|browse|composition(?!\\.publication)|download|moderation|web\\.problem)\\..*"
                    + "(?<!\\.(RunWatchEnd|VisitorLimits|MembersOnly))Test";
}
