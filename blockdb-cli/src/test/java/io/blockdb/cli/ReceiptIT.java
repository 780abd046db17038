package io.blockdb.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receipt's whole way, by the packaged launcher: from the put to a stranger who has the file and the key, and no database. */
final class ReceiptIT {
    @TempDir
    private Path temp;

    @Test
    void fromThePutToTheStranger() throws Exception {
        Launched.Outcome outcome = Launched.script(temp.resolve("data"), """
                set -eu
                cd "$DIR/.."
                "$CLI" -d "$DIR" put contract signed --receipt contract.json
                "$CLI" -d "$DIR" put other value
                "$CLI" -d "$DIR" receipt other > other.json
                "$CLI" -d "$DIR" checkpoint > first.note
                "$CLI" -d "$DIR" key > keys
                "$CLI" -d "$DIR" key rotate --receipt handover.json > new.key 2> rotated
                "$CLI" -d "$DIR" put third value --receipt third.json
                "$CLI" -d "$DIR" prove-consistency --from first.note > growth.json
                all="$(cat keys),$(cat new.key)"
                rm -r "$DIR"
                "$CLI" check-receipt contract.json --key "$(cat keys)"
                "$CLI" check-receipt other.json --key "$all"
                "$CLI" check-receipt handover.json --key "$(cat keys)"
                "$CLI" check-receipt third.json --key "$(cat new.key)"
                "$CLI" check-consistency first.note growth.json --key "$all"
                """);

        assertEquals(0, outcome.exit(), outcome.err());
        assertEquals(5, outcome.out().split("✓", -1).length - 1, outcome.out());
        assertTrue(outcome.out().contains("contract"), outcome.out());
        assertEquals("", outcome.err());
    }
}
