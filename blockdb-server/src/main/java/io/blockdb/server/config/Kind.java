package io.blockdb.server.config;

import java.util.Optional;
import java.util.function.Function;

/**
 * What the values of a setting look like, in the three places where one is written: a TOML file, a text of the command line
 * or the environment, and what is printed.
 *
 * @param expected what a value is, as it is said to someone who wrote another: {@code a port from 0 to 65535}
 * @param toml reads what the TOML parser made of a value (String, Long, Double, Boolean, a time, an array, a table); empty if
 *     it is none
 * @param text reads a text; empty if it is none
 * @param print writes a value as TOML
 */
record Kind<T>(
        String expected,
        Function<Object, Optional<T>> toml,
        Function<String, Optional<T>> text,
        Function<T, String> print) {}
