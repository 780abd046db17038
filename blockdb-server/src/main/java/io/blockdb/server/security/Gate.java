package io.blockdb.server.security;

import io.blockdb.access.Principal;
import io.blockdb.access.TokenText;
import io.blockdb.db.Principals;
import io.blockdb.server.config.ServerConfig;
import io.blockdb.server.node.Node;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who asks, by what the request shows: an API token or a session's token ({@code Authorization: Bearer}), or a name and
 * password ({@code Authorization: Basic}). What was removed or revoked lets nobody in from the next request on.
 *
 * <p>Guessing is slowed down: failed attempts lock a principal out from where they came, then that source for all principals, and
 * at last the principal everywhere, each for a time that doubles. Tokens cannot be guessed, so a good one lets in from anywhere.
 * So that hashing passwords does not take all cores, few are hashed at once.
 *
 * <p>Threading: any thread.
 */
public final class Gate {
    /** So many times the failures of one principal from one source lock out the source. */
    private static final int SOURCE_FACTOR = 4;

    /** So many times those lock out the principal, from wherever. */
    private static final int PRINCIPAL_FACTOR = 20;

    private static final int HASHING_WAIT_SECONDS = 2;

    /** About so many wait for that: each is a thread that serves nobody else meanwhile. */
    private static final int HASHING_QUEUE_MAX = 64;

    /** The longest header that is looked at: a name and a password, in UTF-8 and base64. */
    private static final int HEADER_LENGTH_MAX = 8192;

    private final ServerConfig.Auth settings;
    private final Node node;
    private final InstantSource clock;
    private final Sessions sessions;
    private final Lockout pairs;
    private final Lockout sources;
    private final Lockout names;
    private final VerifiedPasswords verified = new VerifiedPasswords();
    private final Semaphore hashing;
    private final AuditTrail trail = new AuditTrail();

    /**
     * A gate.
     *
     * @param node whose principals are let in
     * @param clock by which tokens and sessions expire
     */
    public Gate(ServerConfig.Auth settings, Node node, InstantSource clock) {
        this.settings = settings;
        this.node = node;
        this.clock = clock;
        this.sessions = new Sessions(settings.sessionDuration());
        int failures = settings.lockoutFailures();
        Duration first = settings.lockoutTime();
        Duration longest = settings.lockoutTimeMax();
        this.pairs = new Lockout(failures, first, longest);
        this.sources = new Lockout(SOURCE_FACTOR * failures, first, longest);
        this.names = new Lockout(PRINCIPAL_FACTOR * failures, first, longest);
        this.hashing = new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
    }

    /**
     * A login.
     *
     * @param token what the client shows from now on, as a bearer token
     * @param expiresAt until when, in microseconds since the Unix epoch
     */
    public record Login(Principal principal, String token, long expiresAt) {
        /** Shows no secret. */
        @Override
        public String toString() {
            return "login of " + principal.id();
        }
    }

    /** Whether callers must say who they are. */
    public boolean enabled() {
        return settings.enabled();
    }

    /** How often a new password is hashed. */
    public int passwordRounds() {
        return settings.passwordRounds();
    }

    /** Where it is written down who was refused. */
    public AuditTrail trail() {
        return trail;
    }

    /**
     * Finds out who asks.
     *
     * @param reading whether nothing but reading is asked for, which may be open to all
     * @throws UnauthorizedException if nobody knows
     * @throws LockedOutException if it is not looked at now
     * @throws IOException if the principals cannot be read
     */
    public Caller admit(RequestFacts facts, boolean reading) throws IOException {
        if (!settings.enabled()) {
            return Caller.ANYBODY;
        }
        String header = facts.authorization();
        if (header == null) {
            if (reading && !settings.requireAuthForReads()) {
                return Caller.READER;
            }
            throw new UnauthorizedException("who asks? Send a token (Authorization: Bearer …) or name and password"
                    + " (Authorization: Basic …); POST /api/v1/auth/login gives a token for a name and password");
        }
        return admit(facts, header);
    }

    /**
     * Who asks by now, of a request that was let in a while ago and goes on: null if it would not be let in any more. Counts as
     * no attempt. A password that was shown with the request itself is not compared again: it must be the one that it was.
     *
     * @throws IOException if the principals cannot be read
     */
    public @Nullable Caller again(RequestFacts facts, Caller caller) throws IOException {
        Principal known = caller.principal();
        String header = facts.authorization();
        if (known == null || header == null) {
            return caller;
        }
        boolean token = header.regionMatches(true, 0, "Bearer ", 0, 7);
        Principal now = token
                ? byToken(header.substring(7).strip())
                : still(node.principals(), known.id(), caller.credential());
        return now != null && now.active() ? Caller.of(now, caller.credential()) : null;
    }

    private Caller admit(RequestFacts facts, String header) throws IOException {
        int space = header.indexOf(' ');
        String scheme = space < 0 ? "" : header.substring(0, space).toLowerCase(Locale.ROOT);
        String shown = header.substring(space + 1).strip();
        if (header.length() > HEADER_LENGTH_MAX || !(scheme.equals("bearer") || scheme.equals("basic"))) {
            throw new UnauthorizedException(
                    "the header Authorization is not understood: expected 'Bearer TOKEN' or 'Basic …'");
        }
        if (scheme.equals("basic")) {
            String[] nameAndPassword = basic(shown);
            Principals.Proven proven = byPassword(facts, nameAndPassword[0], nameAndPassword[1]);
            return Caller.of(proven.principal(), proven.credential());
        }
        Principal principal = byToken(shown);
        if (principal == null) {
            Instant now = clock.instant();
            checkNotLocked(sources, Sources.of(facts.source()), now);
            // What was good once is no guess: a program that has not noticed must not lock out who logs in again.
            if (!Sessions.isToken(shown) && TokenText.parse(shown) == null) {
                sources.failed(Sources.of(facts.source()), now);
            }
            throw new UnauthorizedException("the token is not known, has expired, or was revoked");
        }
        return Caller.of(principal);
    }

    private @Nullable Principal byToken(String shown) throws IOException {
        Principals principals = node.principals();
        if (Sessions.isToken(shown)) {
            Sessions.Session session = sessions.find(shown, clock.instant());
            return session == null ? null : still(principals, session.principal(), session.credential());
        }
        TokenText text = TokenText.parse(shown);
        Principals.Proven proven = text == null ? null : principals.byToken(text, micros(clock.instant()));
        return proven == null ? null : proven.principal();
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static String[] basic(String shown) {
        try {
            byte[] decoded = Base64.getDecoder().decode(shown);
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded))
                    .toString();
            int colon = text.indexOf(':');
            if (colon >= 0) {
                return new String[] {text.substring(0, colon), text.substring(colon + 1)};
            }
        } catch (CharacterCodingException | IllegalArgumentException e) {
            throw new UnauthorizedException(BASIC_FORM);
        }
        throw new UnauthorizedException(BASIC_FORM);
    }

    private static final String BASIC_FORM = "what follows 'Basic' is not the base64 of NAME:PASSWORD in UTF-8";

    /**
     * Begins a session.
     *
     * @throws UnauthorizedException if name or password is wrong
     * @throws LockedOutException if it is not looked at now
     */
    public Login login(RequestFacts facts, String name, String password) throws IOException {
        Principals.Proven proven = byPassword(facts, name, password);
        Sessions.Opened opened = sessions.open(proven.principal().id(), proven.credential(), clock.instant());
        trail.done(facts, proven.principal().id(), "logged in");
        return new Login(proven.principal(), opened.token(), micros(opened.expiresAt()));
    }

    /**
     * Has somebody who is known say his password again.
     *
     * @throws UnauthorizedException if it is wrong
     * @throws LockedOutException if it is not looked at now
     */
    public void prove(RequestFacts facts, Principal principal, String password) throws IOException {
        Principals.Proven proven = byPassword(facts, principal.name(), password);
        if (!proven.principal().id().equals(principal.id())) {
            throw new UnauthorizedException("name or password is wrong", principal.id());
        }
    }

    /** Ends the session whose token the request shows; whether it shows one. */
    public boolean logout(RequestFacts facts) {
        String header = facts.authorization();
        if (header == null || !header.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return false;
        }
        return sessions.end(header.substring(7).strip());
    }

    private Principals.Proven byPassword(RequestFacts facts, String name, String password) throws IOException {
        String source = Sources.of(facts.source());
        checkNotLocked(name, source);
        Principals.Proven known = remembered(name, password);
        if (known != null) {
            pairs.succeeded(pair(name, source));
            return known;
        }
        if (hashing.getQueueLength() >= HASHING_QUEUE_MAX || !acquire()) {
            throw new LockedOutException("too many passwords are being checked; try again", 1);
        }
        try {
            // Others may have tried the same meanwhile, or failed.
            checkNotLocked(name, source);
            known = remembered(name, password);
            if (known != null) {
                return known;
            }
            Principals.Proven proven =
                    node.principals().byPassword(name, password.toCharArray(), settings.passwordRounds());
            Instant now = clock.instant();
            if (proven == null) {
                pairs.failed(pair(name, source), now);
                sources.failed(source, now);
                names.failed(limited(name), now);
                Principal claimed = node.principals().named(name);
                throw new UnauthorizedException("name or password is wrong", claimed == null ? "" : claimed.id());
            }
            pairs.succeeded(pair(name, source));
            verified.add(name, password, proven, now);
            return proven;
        } finally {
            hashing.release();
        }
    }

    /** What was right not long ago, if it still is. */
    private Principals.@Nullable Proven remembered(String name, String password) throws IOException {
        Principals.Proven known = verified.find(name, password, clock.instant());
        if (known == null) {
            return null;
        }
        Principal principal = still(node.principals(), known.principal().id(), known.credential());
        return principal == null ? null : new Principals.Proven(principal, known.credential());
    }

    /** The principal of an id as it is now, if it is not removed and has the password yet that was compared; else null. */
    private static @Nullable Principal still(Principals principals, String id, long credential) throws IOException {
        Principal principal = principals.find(id);
        return principal != null && principal.active() && principals.passwordSequence(id) == credential
                ? principal
                : null;
    }

    private boolean acquire() {
        try {
            return hashing.tryAcquire(HASHING_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void checkNotLocked(String name, String source) {
        Instant now = clock.instant();
        checkNotLocked(pairs, pair(name, source), now);
        checkNotLocked(sources, source, now);
        checkNotLocked(names, limited(name), now);
    }

    private static void checkNotLocked(Lockout lockout, String name, Instant now) {
        Duration left = lockout.remaining(name, now);
        if (!left.isZero()) {
            int seconds = (int) Math.min(Integer.MAX_VALUE, left.plusMillis(999).toSeconds());
            throw new LockedOutException(
                    "too many failed attempts: the next one is looked at in " + seconds + " seconds", seconds);
        }
    }

    private static String pair(String name, String source) {
        return source + " " + limited(name);
    }

    /** A name as it is remembered: no principal has a longer one. */
    private static String limited(String name) {
        return name.length() > Principal.NAME_LENGTH_MAX ? name.substring(0, Principal.NAME_LENGTH_MAX) : name;
    }
}
