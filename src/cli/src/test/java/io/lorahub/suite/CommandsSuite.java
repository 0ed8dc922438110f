package io.lorahub.suite;

import org.junit.platform.suite.api.ExcludeClassNamePatterns;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/** The other tests of the command line. Those of the hub and of the engine are on the class path, too. */
@Suite
@SelectPackages("io.lorahub.cli")
@IncludeClassNamePatterns(".*Test")
@ExcludeClassNamePatterns(CommandsOnHubSuite.CLASSES)
class CommandsSuite {}
