package io.blockdb.client;

import io.blockdb.proof.ProvedEntry;
import io.blockdb.proof.Receipt;

/**
 * A receipt that was checked against the verifier keys, of the entry that was asked for, under a checkpoint that continues the one
 * remembered.
 *
 * @param receipt what to keep ({@link Receipt#toJson}), so that anybody can check it later
 * @param entry what it proves; its javadoc says what it does not
 */
public record ProvedReceipt(Receipt receipt, ProvedEntry entry) {}
