package io.blockdb.server.security;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The trail of who was refused what, who logged in, and who changed who may do what: lines of a logger of its own, {@code
 * io.blockdb.audit}, which can be sent to a file of its own. Of a stranger's text it shows the path alone, never what may hold a
 * secret: no header, no query, no name that is not a principal's (people type passwords where names belong).
 *
 * <p>Threading: any thread.
 */
public final class AuditTrail {
    /** The logger that it is written by. */
    public static final String LOGGER = "io.blockdb.audit";

    private static final Logger LOG = LoggerFactory.getLogger(LOGGER);
    private static final int PATH_LENGTH_MAX = 200;

    /**
     * Somebody was refused.
     *
     * @param who id of the principal that it was or claimed to be, empty where there is none
     */
    public void refused(RequestFacts facts, int status, String who, String why) {
        LOG.warn(
                "refused status={} principal={} source={} request={} method={} path={} reason=\"{}\"",
                status,
                name(who),
                facts.source(),
                facts.id(),
                facts.method(),
                shown(facts.path()),
                shown(why));
    }

    /**
     * Somebody did what is worth remembering.
     *
     * @param what what was done, and to whom: by ids
     */
    public void done(RequestFacts facts, String who, String what) {
        LOG.info(
                "done principal={} source={} request={} what=\"{}\"",
                name(who),
                facts.source(),
                facts.id(),
                shown(what));
    }

    private static String name(String who) {
        return who.isEmpty() ? "-" : who;
    }

    /** A text on one line, of bounded length: so that nobody forges a line of the trail. */
    private static String shown(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(PATH_LENGTH_MAX).forEach(c -> {
            if (c == '"'
                    || c == '\\'
                    || Character.isISOControl(c)
                    || Character.getType(c) == Character.SURROGATE
                    || Character.getType(c) == Character.LINE_SEPARATOR
                    || Character.getType(c) == Character.PARAGRAPH_SEPARATOR) {
                shown.append("\\u%04x".formatted(c));
            } else {
                shown.appendCodePoint(c);
            }
        });
        return shown.toString();
    }
}
