package io.lorahub.suite;

import org.junit.platform.suite.api.ExcludeClassNamePatterns;
import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/**
 * Half of the hub's tests, by time. Two JVMs with applications and databases of their own run the suites beside each other:
 * one this, the other {@link SecondSuite} and then {@link ThirdSuite}.
 */
@Suite
@SelectPackages("io.lorahub")
@IncludeClassNamePatterns(FirstSuite.CLASSES)
@ExcludeClassNamePatterns(ThirdSuite.CLASSES)
class FirstSuite {

    static final String CLASSES =
            "io\\.lorahub\\.(adapter|api|basemodel|browse|composition|download|huggingface|imports|job|moderation|serve|storage|story|upload)\\..*Test";
}
