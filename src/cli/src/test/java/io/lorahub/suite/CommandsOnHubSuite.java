package io.lorahub.suite;

import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/** Tests of commands that talk to a hub, which runs in the same JVM; and two more classes, so that both suites take as long. */
@Suite
@SelectPackages("io.lorahub")
@IncludeClassNamePatterns(CommandsOnHubSuite.CLASSES)
class CommandsOnHubSuite {

    static final String CLASSES =
            "io\\.lorahub\\.(cli\\.hub|remote)\\..*Test|.*\\.(DownloadedAdapter|Interruption|MergeCommand)Test";
}
