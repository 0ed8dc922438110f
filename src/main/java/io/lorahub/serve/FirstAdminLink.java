package io.lorahub.serve;

import java.util.Optional;

/** The one-time link by which the first administrator of a new hub gets an account. */
public interface FirstAdminLink {

    /** The page's path, such as {@code /first-admin/TOKEN}; absent once there is an administrator. */
    Optional<String> path();
}
