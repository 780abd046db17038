package io.blockdb.client;

/**
 * An event of a stream of server-sent events (WHATWG HTML, 9.2).
 *
 * @param id of the newest event that had one, this one included; empty where none had
 * @param type {@code message} where none is named
 */
record ServerEvent(String id, String type, String data) {
    /** An id without data is no event for who listens: it only moves the place from which to go on. */
    static final String PLACE = "";
}
