package io.lorahub.account;

/** What a person may do beyond the own things; each role includes the ones before it. */
public enum Role {
    MEMBER,
    MODERATOR,
    ADMIN;

    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
