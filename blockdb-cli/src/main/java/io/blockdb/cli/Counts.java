package io.blockdb.cli;

import java.util.Locale;

/** Numbers of things, as people read them. */
final class Counts {
    private Counts() {}

    /** With commas between the thousands. */
    static String format(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** With the noun in the plural, unless it is one. */
    static String format(long number, String noun) {
        if (number == 1) {
            return "1 " + noun;
        }
        String plural = noun.matches(".*[^aeiou]y") ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s";
        return format(number) + " " + plural;
    }
}
