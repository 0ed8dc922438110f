package io.lorahub.serve;

/** What a process of the hub does; any number of each may share a database and an object store. */
public enum ServerRole {
    /** Pages and jobs. */
    ALL,
    /** Pages; the jobs are left to workers. */
    WEB,
    /** Jobs; of the web only what says whether it lives. */
    WORKER;

    public boolean hasPages() {
        return this != WORKER;
    }

    public boolean doesJobs() {
        return this != WEB;
    }
}
