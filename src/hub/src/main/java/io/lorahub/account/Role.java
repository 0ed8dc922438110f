package io.lorahub.account;

/** Rights of a person beyond their own content; each role includes the ones before it. */
public enum Role {
    MEMBER,
    MODERATOR,
    ADMIN;

    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
