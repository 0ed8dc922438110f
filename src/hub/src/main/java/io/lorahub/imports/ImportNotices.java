package io.lorahub.imports;

import io.lorahub.notice.NotificationInbox;
import jakarta.enterprise.context.ApplicationScoped;

/** Tells members how an import ended, because they need not wait for it. */
@ApplicationScoped
class ImportNotices {

    private final NotificationInbox inbox;

    ImportNotices(NotificationInbox inbox) {
        this.inbox = inbox;
    }

    /** Adds a notice in the caller's transaction, unless the import is still running or the member cancelled it. */
    void send(AdapterImport entry) {
        String page = "/imports/" + entry.id;
        String upload = entry.upload == null ? page : "/uploads/" + entry.upload.id;
        switch (entry.getState()) {
            case WAITING, FETCHING, CHECKING, CANCELLED -> {}
            case DONE -> {
                if (entry.version == null) {
                    send(entry, "“%s” has been imported", "Complete its card and publish it.", upload);
                } else {
                    String address = entry.version.adapter.address();
                    send(
                            entry,
                            "“%s” has been imported and published",
                            "It is %s %s.".formatted(address, entry.version.label),
                            "/" + address);
                }
            }
            case UNPUBLISHED -> send(entry, "“%s” has been imported, but not published", entry.failure, upload);
            case UNCHANGED -> send(entry, "Nothing is new in “%s”", unchanged(entry), page);
            case FAILED -> send(entry, "“%s” could not be imported", entry.failure, page);
        }
    }

    private static String unchanged(AdapterImport entry) {
        if (entry.version == null) return "";
        return "%s %s already has its files, so nothing was published."
                .formatted(entry.version.adapter.address(), entry.version.label);
    }

    private void send(AdapterImport entry, String title, String body, String link) {
        inbox.send(entry.person.id, title.formatted(entry.label()), body, link);
    }
}
