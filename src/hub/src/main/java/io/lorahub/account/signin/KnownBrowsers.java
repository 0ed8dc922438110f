package io.lorahub.account.signin;

import io.lorahub.account.BrowserContext;
import io.lorahub.account.Person;
import io.lorahub.account.Secret;
import io.lorahub.web.HubCookie;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.Transactional;
import jakarta.ws.rs.core.NewCookie;
import java.time.Instant;
import java.util.Optional;

/**
 * Distinguishes the owner's browsers from all others by a cookie that outlives sessions, so that attempts from
 * elsewhere cannot lock the owner out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). The cookie does
 * not sign anyone in.
 */
@ApplicationScoped
public class KnownBrowsers {

    /** Read while signing in only. */
    private static final HubCookie COOKIE = new HubCookie("lorahub_browser", "/signin");

    /** The browser of the request, if the person of this name has signed in with it before. */
    @Transactional
    Optional<Long> idOf(String name, BrowserContext visitor) {
        return visitor.secret(COOKIE)
                .flatMap(secret -> KnownBrowser.of(secret, name))
                .map(browser -> browser.id);
    }

    /**
     * Call after the right password, and after a new one was set: then no browser is known any more. The secret is new each time, so planting a known one is of no use; a browser
     * shared by several persons stays known to all of them.
     */
    @Transactional
    public NewCookie remember(Person person, BrowserContext visitor) {
        KnownBrowser.delete("lastUsedAt < ?1", Instant.now().minus(KnownBrowser.LIFE));
        Secret fresh = Secret.random("");
        visitor.secret(COOKIE).ifPresent(old -> {
            KnownBrowser.delete("secretHash = ?1 and person = ?2", old.hash(), person);
            KnownBrowser.update("secretHash = ?1 where secretHash = ?2", fresh.hash(), old.hash());
        });
        KnownBrowser browser = new KnownBrowser();
        browser.person = person;
        browser.secretHash = fresh.hash();
        browser.persist();
        return COOKIE.of(fresh.text(), KnownBrowser.LIFE, visitor.isSecure());
    }
}
