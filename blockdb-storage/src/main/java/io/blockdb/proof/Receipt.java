package io.blockdb.proof;

/** Stand-in until the real one is there. */
public record Receipt(String toJson) {}
