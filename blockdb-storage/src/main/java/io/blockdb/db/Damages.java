package io.blockdb.db;

import io.blockdb.base.CorruptionException;
import io.blockdb.db.VerifyReport.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers what verifying finds, up to a bound, in the order in which it is to be told: what is wrong with the ledger before what
 * is wrong with files that are derived from it.
 *
 * <p>Threading: one thread at a time.
 */
final class Damages {
    /** So many are told; of the others only how many there are. */
    static final int MAX = 1000;

    private final List<Failure> failures = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long omitted;

    void add(Failure failure) {
        if (failures.size() < MAX) {
            failures.add(failure);
        } else {
            omitted++;
        }
    }

    void add(CorruptionException damage, long height) {
        add(new Failure(damage.file(), damage.offset(), height, damage.reason()));
    }

    /** Takes back what turned out to be no damage where it was told. */
    void withdraw(Failure failure) {
        if (!failures.remove(failure)) {
            omitted--;
        }
    }

    void note(String sentence) {
        if (notes.size() < MAX) {
            notes.add(sentence);
        }
    }

    boolean isEmpty() {
        return failures.isEmpty();
    }

    /** Whether something is wrong with the ledger's segments. */
    boolean ofLedger() {
        return failures.stream().anyMatch(failure -> failure.file().matches("ledger/(.*\\.seg)?"));
    }

    List<Failure> failures() {
        return List.copyOf(failures);
    }

    long omitted() {
        return omitted;
    }

    List<String> notes() {
        return List.copyOf(notes);
    }
}
