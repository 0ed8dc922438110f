package io.lorahub.suite;

import org.junit.platform.suite.api.ExcludeClassNamePatterns;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/** All tests that aren't in {@link FirstSuite} or {@link ThirdSuite}. The engine's are on the class path, too. */
@Suite
@SelectPackages("io.lorahub")
@IncludeClassNamePatterns(".*Test")
@ExcludeClassNamePatterns({FirstSuite.CLASSES, ThirdSuite.CLASSES, "io\\.lorahub\\.engine\\..*"})
class SecondSuite {}
