package io.lorahub.serve;

import java.util.Optional;

/** The one-time link for creating the first administrator's account on a new hub. */
public interface FirstAdminLink {

    /** Path of the page, such as {@code /first-admin/TOKEN}; absent once there is an administrator. */
    Optional<String> path();
}
