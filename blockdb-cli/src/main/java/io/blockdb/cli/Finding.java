package io.blockdb.cli;

/**
 * What {@code doctor} found out.
 *
 * @param section what it is about, such as {@code machine}
 * @param name what was looked at
 * @param state how it is
 * @param text what was found
 * @param advice what to do about it; empty where nothing is to be done
 */
record Finding(String section, String name, State state, String text, String advice) {
    /** How something is. */
    enum State {
        /** As it should be, or neither good nor bad. */
        OK,
        /** It works, and may not do so well or for long. */
        WARNING,
        /** It does not work, or what it holds is in danger. */
        PROBLEM;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    static Finding ok(String section, String name, String text) {
        return new Finding(section, name, State.OK, text, "");
    }

    static Finding warning(String section, String name, String text, String advice) {
        return new Finding(section, name, State.WARNING, text, advice);
    }

    static Finding problem(String section, String name, String text, String advice) {
        return new Finding(section, name, State.PROBLEM, text, advice);
    }
}
