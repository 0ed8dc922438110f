package io.lorahub.serve;

/** Role of a process of the hub; any number of each can share a database and an object store. */
public enum ServerRole {
    /** Serves pages and runs jobs. */
    ALL,
    /** Serves pages; workers run the jobs. */
    WEB,
    /** Runs jobs; serves only health checks and metrics. */
    WORKER;

    public boolean hasPages() {
        return this != WORKER;
    }

    public boolean doesJobs() {
        return this != WEB;
    }
}
