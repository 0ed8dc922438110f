package io.lorahub.suite;

import org.junit.platform.suite.api.IncludeClassNamePatterns;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/**
 * Tests with a configuration of the application that differs from the default in more than a limit. Each configuration is
 * built and started once, because all are in this suite.
 *
 * <p>They are named here, and not by a tag, because Quarkus builds the application of each class that a suite loads, even if
 * the suite then excludes it by its tag.
 */
@Suite
@SelectPackages("io.lorahub")
@IncludeClassNamePatterns(ThirdSuite.CLASSES)
class ThirdSuite {

    static final String CLASSES = "io\\.lorahub\\..*\\.("
            + "AddressRateLimits|BaseModels|BehindProxy|ComposeInBrowser|DemoHubLoader|DemoPreparation|FirstAdmin|"
            + "Jobs|LastAdministrator|LostRunRecovery|MembersOnly|OrganisationSignIn|Outage|Queue|QueueCost|"
            + "RunEstimates|RunEventStreams|RunInBrowser|RunLimits|RunLogPage|RunStates|RunSweep|RunWatchEnd|"
            + "RunsOfDeleted|StatementCounts|StoreFaultsInS3|StoreOutageInS3|TaskStates|UnreachableProvider|"
            + "VisitorLimits|WorkerNames|WorkersInBrowser|WorkersPage"
            + ")Test";
}
